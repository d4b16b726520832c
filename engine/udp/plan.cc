#include "engine/udp/plan.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/image/address_rules.h"
#include "engine/sys/socket.h"

namespace sockcr {
namespace {

void add_options(UdpPlan& plan, const UdpSocket& socket, const std::vector<OptionValue>& options,
                 OptionPhase phase) {
  for (const OptionRow& row : option_table()) {
    if (row.phase != phase) continue;
    for (const OptionValue& value : options) {
      if (value.level != row.level || value.number != row.number) continue;
      plan.push_back(udp_action::WriteOption{value, kind_of(socket)});
    }
  }
}

udp_action::MakeRoom room_for(const std::vector<Datagram>& queue) {
  udp_action::MakeRoom room{queue.size(), 0};
  for (const Datagram& one : queue) room.bytes += one.payload.size();
  return room;
}

bool is_off(const UdpSocket& socket, int level, int number) {
  return std::any_of(socket.options.begin(), socket.options.end(), [&](const OptionValue& one) {
    return one.level == level && one.number == number && !one.value.empty() &&
           one.value.front() == 0;
  });
}

// Binding to an IPv6 address turns IPV6_V6ONLY on (inet6_bind): where that is off, a wildcard was
// bound to, and the address is what connect(2) has chosen.
Address bound_to(const UdpSocket& socket) {
  const bool plain_v6 = socket.domain == AF_INET6 && !is_mapped(socket.local);
  const bool chosen =
      plain_v6 && socket.remote.port != 0 && is_off(socket, IPPROTO_IPV6, IPV6_V6ONLY);
  if (!chosen) return socket.local;
  return {.family = AF_INET6, .bytes = {}, .port = socket.local.port};
}

void add_queue(UdpPlan& plan, const UdpSocket& socket) {
  if (socket.queue.empty()) return;
  plan.push_back(udp_action::PutBack{socket.queue, socket.lite, shares_its_port(socket)});
}

struct Describe {
  std::string operator()(const udp_action::MakeSocket& a) const {
    return fmt::format("make a {}/{} socket", a.lite ? "UDP-Lite" : "UDP",
                       a.domain == AF_INET6 ? "IPv6" : "IPv4");
  }
  std::string operator()(const udp_action::WriteOption& a) const {
    const OptionRow* row = find_option(a.value.level, a.value.number);
    return fmt::format("write {}", row != nullptr ? row->name : "an unknown option");
  }
  std::string operator()(const udp_action::AcceptMarkedOnly&) const {
    return "accept marked datagrams only";
  }
  std::string operator()(const udp_action::AcceptAll&) const { return "accept all datagrams"; }
  std::string operator()(const udp_action::MakeRoom& a) const {
    return fmt::format("make room for {} datagrams of {} bytes", a.datagrams, a.bytes);
  }
  std::string operator()(const udp_action::Bind& a) const {
    return fmt::format("bind to {}", sockcr::to_text(a.local));
  }
  std::string operator()(const udp_action::Drain&) const { return "take all datagrams out"; }
  std::string operator()(const udp_action::PutBack& a) const {
    return fmt::format("put {} datagrams back", a.datagrams.size());
  }
  std::string operator()(const udp_action::Connect& a) const {
    return fmt::format("connect to {}", sockcr::to_text(a.remote));
  }
  std::string operator()(const udp_action::ShutDown& a) const {
    return fmt::format("shut down for{}{}", a.receive ? " reading" : "", a.send ? " writing" : "");
  }
};

}  // namespace

UdpPlan plan_build(const UdpSocket& socket, const std::vector<OptionValue>& defaults) {
  const auto options = without_defaults(socket.options, defaults);
  UdpPlan plan{udp_action::MakeSocket{socket.domain, socket.lite}};
  // All of the first, then all of the second: the last of the first phase is SO_BINDTODEVICE.
  add_options(plan, socket, options, OptionPhase::fresh);
  add_options(plan, socket, options, OptionPhase::connected);
  if (socket.local.port == 0 && !is_unspecified(socket.local)) {
    plan.push_back(udp_action::Bind{socket.local});
  }
  if (socket.local.port != 0) {
    plan.push_back(udp_action::AcceptMarkedOnly{});
    plan.push_back(room_for(socket.queue));
    plan.push_back(udp_action::Bind{bound_to(socket)});
    add_queue(plan, socket);
    if (socket.remote.port != 0) plan.push_back(udp_action::Connect{socket.remote, socket.local});
    plan.push_back(udp_action::AcceptAll{});
  }
  add_options(plan, socket, options, OptionPhase::filled);
  if (socket.shut_down_receive || socket.shut_down_send) {
    plan.push_back(udp_action::ShutDown{socket.shut_down_receive, socket.shut_down_send});
  }
  add_options(plan, socket, options, OptionPhase::complete);
  return plan;
}

UdpPlan plan_refresh(const UdpSocket& socket) {
  UdpPlan plan{udp_action::AcceptMarkedOnly{}, udp_action::Drain{}};
  add_queue(plan, socket);
  plan.push_back(udp_action::AcceptAll{});
  return plan;
}

SocketKinds kind_of(const UdpSocket& socket) {
  return socket.lite ? socket_kind::udp_lite : socket_kind::udp;
}

std::vector<OptionValue> options_of_new_udp_socket(int domain, bool lite) {
  const FileDescriptor fresh =
      make_socket(domain, SOCK_DGRAM, lite ? IPPROTO_UDPLITE : IPPROTO_UDP);
  return read_options(fresh.get(), domain, lite ? socket_kind::udp_lite : socket_kind::udp);
}

unsigned rank_of(const UdpSocket& socket) {
  if (socket.remote.port != 0) return 2;
  return is_unspecified(socket.local) ? 0 : 1;
}

std::string to_text(const UdpAction& action) { return std::visit(Describe{}, action); }

}  // namespace sockcr
