// One datagram after the other, as a program reads it, with all that it tells.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sys/socket_option.h"
#include "scenarios/language/datagrams.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

inline constexpr std::string_view nothing_heard = "nothing";

// "5 bytes 68656c6c6f from 192.0.2.2:7101 to 192.0.2.1:7001, hop limit 63, class 0x25"
std::string text_of(const ExpectedDatagram& datagram);

// Everything is told as long as this lives; then the socket has the options that it had.
class Hearing {
 public:
  explicit Hearing(int socket);
  ~Hearing();
  Hearing(const Hearing&) = delete;
  Hearing& operator=(const Hearing&) = delete;

  // Reads the next one, as text; `nothing_heard` when none comes in this time.
  std::string next(std::chrono::nanoseconds limit) const;

 private:
  int socket_;
  std::vector<std::pair<SocketOption<int>, int>> before_;
};

// Of what the socket sends from here on; a socket of either family.
void set_hop_limit_and_class(int socket, int hop_limit, int traffic_class);

}  // namespace sockcr::scenario
