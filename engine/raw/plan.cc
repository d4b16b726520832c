#include "engine/raw/plan.h"

#include <algorithm>

#include "engine/image/address_rules.h"
#include "engine/sys/socket.h"

namespace sockcr {
namespace {

void add_queue(UdpPlan& plan, const RawSocket& socket) {
  if (socket.queue.empty()) return;
  plan.push_back(udp_action::PutBack{
      socket.queue, {.protocol = socket.protocol, .raw = true}, /*in_a_group=*/false});
}

// A filter that is locked stays, whatever it lets through.
bool is_locked(const RawSocket& socket) {
  return std::any_of(socket.options.begin(), socket.options.end(), [](const OptionValue& one) {
    return one.level == SOL_SOCKET && one.number == SO_LOCK_FILTER && !one.value.empty() &&
           one.value.front() != 0;
  });
}

}  // namespace

// It hears everybody from its birth on, for a protocol takes no bind(2).
UdpPlan plan_build(const RawSocket& socket, const std::vector<OptionValue>& defaults) {
  const auto options = without_defaults(socket.options, defaults);
  UdpPlan plan{udp_action::MakeSocket{socket.domain, SOCK_RAW, socket.protocol},
               udp_action::AcceptMarkedOnly{}, udp_action::Drain{}};
  add_options(plan, options, OptionPhase::fresh, socket_kind::raw);
  add_options(plan, options, OptionPhase::connected, socket_kind::raw);
  plan.push_back(room_for(socket.queue));
  if (!is_unspecified(socket.local)) plan.push_back(udp_action::BindHost{socket.local});
  add_joins(plan, socket.memberships, socket.queue);
  add_queue(plan, socket);
  add_source_filters(plan, socket.memberships, socket.queue);
  if (is_connected(socket)) plan.push_back(udp_action::ConnectHost{socket.remote, socket.local});
  plan.push_back(udp_action::AcceptNothing{});
  return plan;
}

UdpPlan plan_complete(const RawSocket& socket, const std::vector<OptionValue>& defaults) {
  const auto options = without_defaults(socket.options, defaults);
  UdpPlan plan;
  add_own_filter(plan, socket.filter);
  add_options(plan, options, OptionPhase::filled, socket_kind::raw);
  if (socket.shut_down_receive || socket.shut_down_send) {
    plan.push_back(udp_action::ShutDown{socket.shut_down_receive, socket.shut_down_send});
  }
  add_options(plan, options, OptionPhase::complete, socket_kind::raw);
  return plan;
}

UdpPlan plan_refresh(const RawSocket& socket) {
  UdpPlan plan;
  if (!is_locked(socket)) plan.push_back(udp_action::AcceptMarkedOnly{});
  add_queue(plan, socket);
  if (!is_locked(socket)) add_own_filter(plan, socket.filter);
  return plan;
}

std::vector<OptionValue> options_of_new_raw_socket(int domain, int protocol) {
  const FileDescriptor fresh = make_socket(domain, SOCK_RAW, protocol);
  return read_options(fresh.get(), domain, socket_kind::raw);
}

}  // namespace sockcr
