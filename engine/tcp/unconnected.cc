#include "engine/tcp/unconnected.h"

#include "engine/options/filter.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {

TcpUnconnected capture_unconnected(int socket) {
  TcpUnconnected captured;
  captured.domain = static_cast<std::uint16_t>(get_option(socket, option::domain));
  captured.local = from_sockaddr(local_address(socket));
  captured.options = read_options(socket, captured.domain, OptionUse::unconnected);
  captured.filter = capture_filter(socket);
  return captured;
}

Plan plan_build(const TcpUnconnected& socket, const Target& target) {
  const auto options = without_defaults(socket.options, target.options);
  Plan plan{action::MakeSocket{socket.domain}};
  add_options(plan, options, OptionPhase::fresh);
  if (socket.local.port != 0) {
    plan.push_back(action::EnterRepair{});
    plan.push_back(action::Bind{socket.local, true});
    plan.push_back(action::LeaveRepair{WindowProbe::no});
  }
  add_options(plan, options, OptionPhase::connected);
  add_options(plan, options, OptionPhase::filled);
  add_filter(plan, socket.filter, options);
  return plan;
}

}  // namespace sockcr
