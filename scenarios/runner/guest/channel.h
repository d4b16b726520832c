// What the host and the agent in a guest say to each other: JSON, one line a message.
//
//   agent: hello once; then for each order `began`, later `ended`; while cases run, a sign of life
//          each second, or each minute of virtual time
//   host:  orders; the end of the channel is the end of the guest
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "scenarios/runner/crew.h"

namespace sockcr::runner {

struct Hello {
  std::string kernel;  // release
  Pace pace;
  bool virtual_time = false;  // its clock jumps
};
struct Began {
  std::uint64_t ticket;
};
struct Refused {  // its program could not be executed
  std::uint64_t ticket;
  std::string reason;
};
struct SignOfLife {};

using Message = std::variant<Hello, Began, Ended, Refused, SignOfLife>;

std::string to_line(const Message& message);
std::string to_line(const Crew::Order& order);

// Throw nlohmann::json::exception for what is no such line.
Message message_in(std::string_view line);
Crew::Order order_in(std::string_view line);

// Lines out of what comes in pieces.
class Lines {
 public:
  void append(std::string_view piece) { text_.append(piece); }
  std::optional<std::string> next();  // without its end; nothing: not all of it is there

 private:
  std::string text_;
  std::size_t looked_at_ = 0;
};

}  // namespace sockcr::runner
