#include "scenarios/walk/options.h"

#include <map>

namespace sockcr::scenario {
namespace {

struct Option {
  Lines set, held;
};

// clang-format off
#define NUMBER(level, name, value)                                                             \
  {{{"ours.sets(SocketOption<int>{" #level ", " #name ", \"" #name "\"}, " #value ")",         \
     ours.sets(SocketOption<int>{level, name, #name}, value)}},                                \
   {{"ours.has_set(SocketOption<int>{" #level ", " #name ", \"" #name "\"}, " #value ")",      \
     ours.has_set(SocketOption<int>{level, name, #name}, value)}}}
// clang-format on

Option congestion(const char* name) {
  return {{{fmt::format("ours.chooses_congestion_control(\"{}\")", name),
            ours.chooses_congestion_control(name)}},
          {{fmt::format("ours.has_congestion_control(\"{}\")", name),
            ours.has_congestion_control(name)}}};
}

const std::map<std::string, Option>& options() {
  static const std::map<std::string, Option> all{
      {"keepalive", NUMBER(SOL_SOCKET, SO_KEEPALIVE, 1)},
      {"user timeout", NUMBER(IPPROTO_TCP, TCP_USER_TIMEOUT, 20000)},
      {"linger", {{SOCKCR_LINE(ours.sets_linger(5))}, {SOCKCR_LINE(ours.has_linger(5))}}},
      {"linger2", NUMBER(IPPROTO_TCP, TCP_LINGER2, 20)},
      {"cork", NUMBER(IPPROTO_TCP, TCP_CORK, 1)},
      {"nagle", NUMBER(IPPROTO_TCP, TCP_NODELAY, 0)},
      {"hop limit", NUMBER(IPPROTO_IP, IP_TTL, 255)},
      {"reno", congestion("reno")},
      {"cubic", congestion("cubic")},
  };
  return all;
}

#undef NUMBER

}  // namespace

Lines sets_option(const std::string& name) { return options().at(name).set; }

Lines still_has_option(const std::string& name) {
  Lines lines = options().at(name).held;
  if (name == "cork") {
    lines.push_back({"ours.sets(SocketOption<int>{IPPROTO_TCP, TCP_CORK, \"TCP_CORK\"}, 0)",
                     ours.sets(SocketOption<int>{IPPROTO_TCP, TCP_CORK, "TCP_CORK"}, 0)});
  }
  return lines;
}

}  // namespace sockcr::scenario
