#include "engine/tcp/listener.h"

#include <netinet/in.h>
#include <algorithm>

#include "engine/options/filter.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"

namespace sockcr {
namespace {

// The members of a group stand in one hash chain. IPv4 listeners are added at its head, members of
// an IPv6 group at its tail (__inet_hash), so the dump has the newest or the oldest first.
std::uint32_t place_in_group(int socket, const TcpListener& listener,
                             const std::vector<TcpDiag>& dump) {
  std::vector<Cookie> members;
  for (const TcpDiag& one : dump) {
    if (one.state == TcpState::listen && one.local == listener.local) {
      members.push_back(one.cookie);
    }
  }
  if (listener.domain == AF_INET) std::reverse(members.begin(), members.end());
  const auto own = std::find(members.begin(), members.end(), cookie_of(socket));
  return own == members.end() ? 0 : static_cast<std::uint32_t>(own - members.begin());
}

// Of all options the one that has to stand before bind, where it admits the others of the group.
bool is_reuse_port(const OptionValue& value) {
  return value.level == SOL_SOCKET && value.number == SO_REUSEPORT;
}

}  // namespace

TcpListener capture_listener(int socket, const std::vector<TcpDiag>& dump) {
  TcpListener listener;
  listener.domain = static_cast<std::uint16_t>(get_option(socket, option::domain));
  listener.local = from_sockaddr(local_address(socket));
  listener.backlog = read_info(socket).backlog;
  listener.options = read_options(socket, listener.domain, OptionUse::unconnected);
  listener.filter = capture_filter(socket);
  listener.group_place = place_in_group(socket, listener, dump);
  return listener;
}

Plan plan_build(const TcpListener& listener, const Target& target) {
  const auto options = without_defaults(listener.options, target.options);
  Plan plan{action::MakeSocket{listener.domain}};
  add_options(plan, options, OptionPhase::fresh);
  for (const OptionValue& value : options) {
    if (is_reuse_port(value)) plan.push_back(action::WriteOption{value});
  }
  // In repair mode bind joins whatever holds the port: what was bound once may be bound again.
  plan.push_back(action::EnterRepair{});
  plan.push_back(action::Bind{listener.local, true});
  plan.push_back(action::LeaveRepair{WindowProbe::no});
  // Before a child is born, which inherits them.
  add_options(plan, options, OptionPhase::connected);
  add_options(plan, options, OptionPhase::filled);
  for (const Md5Key& key : target.keys) plan.push_back(action::SignWith{key});
  plan.push_back(action::Listen{listener.backlog});
  return plan;
}

Plan plan_complete(const TcpListener& listener, const Target& target) {
  Plan plan;
  add_filter(plan, listener.filter, without_defaults(listener.options, target.options));
  return plan;
}

}  // namespace sockcr
