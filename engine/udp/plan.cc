#include "engine/udp/plan.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/image/address_rules.h"
#include "engine/sys/socket.h"

namespace sockcr {
namespace {

std::uint8_t protocol_of(const UdpSocket& socket) {
  return socket.lite ? IPPROTO_UDPLITE : IPPROTO_UDP;
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
  plan.push_back(udp_action::PutBack{socket.queue, {protocol_of(socket)}, shares_its_port(socket)});
}

// Whether it heard something as this member, perhaps of somebody whom it does not hear any more.
bool has_heard(const std::vector<Datagram>& queue, const Membership& member) {
  return std::any_of(queue.begin(), queue.end(), [&](const Datagram& one) {
    return is_member({member}, one.destination, one.device);
  });
}

bool filters_sources(const Membership& member) { return member.include || !member.sources.empty(); }

std::string kind_text(const udp_action::MakeSocket& a) {
  if (a.type == SOCK_RAW) return fmt::format("raw protocol {}", a.protocol);
  return a.protocol == IPPROTO_UDPLITE ? "UDP-Lite" : "UDP";
}

struct Describe {
  std::string operator()(const udp_action::MakeSocket& a) const {
    return fmt::format("make a {}/{} socket", kind_text(a), a.domain == AF_INET6 ? "IPv6" : "IPv4");
  }
  std::string operator()(const udp_action::WriteOption& a) const {
    const OptionRow* row = find_option(a.value.level, a.value.number);
    return fmt::format("write {}", row != nullptr ? row->name : "an unknown option");
  }
  std::string operator()(const udp_action::AcceptMarkedOnly&) const {
    return "accept marked datagrams only";
  }
  std::string operator()(const udp_action::AcceptNothing&) const { return "accept no datagrams"; }
  std::string operator()(const udp_action::AcceptAll&) const { return "accept all datagrams"; }
  std::string operator()(const udp_action::AttachFilter& a) const {
    return "attach its filter: " + to_text(a.filter);
  }
  std::string operator()(const udp_action::MakeRoom& a) const {
    return fmt::format("make room for {} datagrams of {} bytes", a.datagrams, a.bytes);
  }
  std::string operator()(const udp_action::Bind& a) const {
    return fmt::format("bind to {}", sockcr::to_text(a.local));
  }
  std::string operator()(const udp_action::BindHost& a) const {
    return "bind to " + host_text(a.local);
  }
  std::string operator()(const udp_action::ConnectHost& a) const {
    return "connect to " + host_text(a.remote);
  }
  std::string operator()(const udp_action::Join& a) const {
    return "join " + sockcr::to_text(a.membership);
  }
  std::string operator()(const udp_action::FilterSources& a) const {
    return "hear " + sockcr::to_text(a.membership);
  }
  std::string operator()(const udp_action::Drain&) const { return "take all datagrams out"; }
  std::string operator()(const udp_action::PutBack& a) const {
    return fmt::format("put {} datagrams back", a.datagrams.size());
  }
  std::string operator()(const udp_action::Connect& a) const {
    return fmt::format("connect to {}", sockcr::to_text(a.remote));
  }
  std::string operator()(const udp_action::Cork& a) const {
    return "begin " + sockcr::to_text(a.datagram);
  }
  std::string operator()(const udp_action::ShutDown& a) const {
    return fmt::format("shut down for{}{}", a.receive ? " reading" : "", a.send ? " writing" : "");
  }
};

}  // namespace

UdpPlan plan_build(const UdpSocket& socket, const std::vector<OptionValue>& defaults) {
  const auto options = without_defaults(socket.options, defaults);
  UdpPlan plan{udp_action::MakeSocket{socket.domain, SOCK_DGRAM, protocol_of(socket)}};
  // All of the first, then all of the second: the last of the first phase is SO_BINDTODEVICE.
  add_options(plan, options, OptionPhase::fresh, kind_of(socket));
  add_options(plan, options, OptionPhase::connected, kind_of(socket));
  if (socket.local.port == 0 && !is_unspecified(socket.local)) {
    plan.push_back(udp_action::Bind{socket.local});
  }
  if (socket.local.port != 0) {
    plan.push_back(udp_action::AcceptMarkedOnly{});
    plan.push_back(room_for(socket.queue));
    plan.push_back(udp_action::Bind{bound_to(socket)});
  }
  add_joins(plan, socket.memberships, socket.queue);
  add_queue(plan, socket);
  add_source_filters(plan, socket.memberships, socket.queue);
  if (socket.remote.port != 0) plan.push_back(udp_action::Connect{socket.remote, socket.local});
  if (socket.local.port != 0) plan.push_back(udp_action::AcceptNothing{});
  return plan;
}

UdpPlan plan_complete(const UdpSocket& socket, const std::vector<OptionValue>& defaults) {
  const auto options = without_defaults(socket.options, defaults);
  UdpPlan plan;
  if (socket.local.port != 0 || !is_none(socket.filter)) add_own_filter(plan, socket.filter);
  add_options(plan, options, OptionPhase::filled, kind_of(socket));
  if (socket.shut_down_receive || socket.shut_down_send) {
    plan.push_back(udp_action::ShutDown{socket.shut_down_receive, socket.shut_down_send});
  }
  add_options(plan, options, OptionPhase::complete, kind_of(socket));
  for (const Datagram& one : socket.corked) plan.push_back(udp_action::Cork{one});
  return plan;
}

void add_options(UdpPlan& plan, const std::vector<OptionValue>& options, OptionPhase phase,
                 SocketKinds kind) {
  for (const OptionRow& row : option_table()) {
    if (row.phase != phase) continue;
    for (const OptionValue& value : options) {
      if (value.level != row.level || value.number != row.number) continue;
      plan.push_back(udp_action::WriteOption{value, kind});
    }
  }
}

udp_action::MakeRoom room_for(const std::vector<Datagram>& queue) {
  udp_action::MakeRoom room{queue.size(), 0};
  for (const Datagram& one : queue) room.bytes += one.payload.size();
  return room;
}

// The kernel looks through what was joined last first.
void add_joins(UdpPlan& plan, const std::vector<Membership>& all,
               const std::vector<Datagram>& queue) {
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    udp_action::Join join{*one};
    if (has_heard(queue, *one)) {
      join.membership.include = false;
      join.membership.sources.clear();
    }
    plan.push_back(std::move(join));
  }
}

void add_source_filters(UdpPlan& plan, const std::vector<Membership>& all,
                        const std::vector<Datagram>& queue) {
  for (const Membership& one : all) {
    if (filters_sources(one) && has_heard(queue, one)) {
      plan.push_back(udp_action::FilterSources{one});
    }
  }
}

void add_own_filter(UdpPlan& plan, const SocketFilter& filter) {
  if (is_none(filter)) {
    plan.push_back(udp_action::AcceptAll{});
  } else {
    plan.push_back(udp_action::AttachFilter{filter});
  }
}

UdpPlan plan_refresh(const UdpSocket& socket) {
  UdpPlan plan{udp_action::AcceptMarkedOnly{}, udp_action::Drain{}};
  add_queue(plan, socket);
  add_own_filter(plan, socket.filter);
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
