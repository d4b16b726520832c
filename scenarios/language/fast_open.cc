// Bytes in the SYN (TCP Fast Open, RFC 7413).
#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include "engine/sys/socket_option.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

Special writes_into_its_syn(const Variant& v) {
  constexpr int pending = 5;
  const SocketOption<int> fast_open{IPPROTO_TCP, TCP_FASTOPEN, "TCP_FASTOPEN"};
  const auto take = [=](int socket) { set_option(socket, fast_open, pending); };
  Special special{.text = ", with bytes in the SYN", .in_the_syn = 500};
  (v.side == Side::active ? special.peer : special.ours) = take;
  return special;
}

// Both sides do it, and ask for no cookie (Documentation/networking/ip-sysctl.rst).
std::vector<netns::SysctlOverride> sysctls_of_fast_open() {
  constexpr int client = 0x1, server = 0x2, sends_without_cookie = 0x4,
                takes_without_cookie = 0x200;
  return {{"net.ipv4.tcp_fastopen",
           fmt::format("{}", client | server | sends_without_cookie | takes_without_cookie)}};
}

}  // namespace sockcr::scenario
