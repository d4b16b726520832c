#include <array>
#include <cstdint>

#include "engine/image/socket_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

std::string state_needs_no_socket(const TcpTimeWait& socket) {
  if (socket.state == TcpState::time_wait || socket.state == TcpState::fin_wait2) return "";
  return fmt::format("{} is neither TIME_WAIT nor FIN_WAIT2", to_text(socket.state));
}

std::string window_fits_the_header(const TcpTimeWait& socket) {
  const std::uint32_t limit = 65535u << socket.rcv_wscale;
  if (socket.window > limit) {
    return fmt::format("{} is above 65535 << rcv_wscale {} (RFC 7323 2.3)", socket.window,
                       socket.rcv_wscale);
  }
  if (socket.window % (1u << socket.rcv_wscale) == 0) return "";
  return fmt::format("{} is not a multiple of 1 << rcv_wscale {}", socket.window,
                     socket.rcv_wscale);
}

constexpr std::array time_wait_rules{
    Rule<TcpTimeWait>{Attribute::state, state_needs_no_socket},
    Rule<TcpTimeWait>{Attribute::domain, domain_is_internet},
    Rule<TcpTimeWait>{Attribute::local, local_is_usable},
    Rule<TcpTimeWait>{Attribute::remote, remote_is_usable},
    Rule<TcpTimeWait>{Attribute::remote, ends_are_alike},
    Rule<TcpTimeWait>{Attribute::window, window_fits_the_header},
};

}  // namespace

template <>
std::span<const Rule<TcpTimeWait>> rules<TcpTimeWait>() {
  return time_wait_rules;
}

}  // namespace sockcr
