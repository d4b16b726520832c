// What a program may set on a socket, drawn at random. The engine's table has no part in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/draw.h"

namespace sockcr::scenario {

// What a socket is, for its options.
struct SocketNature {
  int domain = 0;    // AF_INET, AF_INET6, AF_UNIX
  int type = 0;      // SOCK_STREAM ...
  int protocol = 0;  // IPPROTO_TCP ...; 0 for AF_UNIX
};
SocketNature nature_of(int socket);

enum class Leave {
  nothing,    // whatever setsockopt(2) takes
  talkative,  // what lets a conversation go on: nothing that drops what the peer sends
};

struct SetOption {
  int level = 0;
  int number = 0;
  std::string_view name;
  std::vector<std::uint8_t> value;
};

// Legal values for half of all options of such a socket, in a random order. `device` is one of its
// namespace. The kernel may refuse one where another one is set already.
std::vector<SetOption> draw_options(const SocketNature& nature, const std::string& device,
                                    Leave leave, Draw& draw);

// Sets what is taken; returns how many were.
int set_options(int socket, const std::vector<SetOption>& options);

// "SO_KEEPALIVE", or "level 6, number 44".
std::string option_name(int level, int number);

}  // namespace sockcr::scenario
