#include <array>
#include <functional>

#include "engine/image/socket_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

// Of what can be bound to, or wait in a queue; IPv6 has raw sockets of its own addresses only.
std::string host_fault(const Address& host, std::uint16_t domain) {
  std::string fault =
      is_unspecified(host) ? bound_fault(host, domain) : correspondent_fault(host, domain);
  if (!fault.empty()) return fault;
  return is_mapped(host) ? host_text(host) + " is IPv4-mapped" : "";
}

std::string local_is_a_host(const RawSocket& socket) {
  if (auto fault = host_fault(socket.local, socket.domain); !fault.empty()) return fault;
  return socket.local.port == 0 ? "" : fmt::format("port {}", socket.local.port);
}

std::string remote_is_a_host(const RawSocket& socket) {
  if (!is_connected(socket)) return "";
  if (auto fault = host_fault(socket.remote, socket.domain); !fault.empty()) return fault;
  return is_unspecified(socket.remote) ? host_text(socket.remote) + " is unspecified" : "";
}

// The first fault of a datagram, with its place from 1.
std::string fault_in_queue(const RawSocket& socket,
                           const std::function<std::string(const Datagram&)>& fault_of) {
  for (std::size_t i = 0; i < socket.queue.size(); ++i) {
    const std::string fault = fault_of(socket.queue[i]);
    if (!fault.empty()) return fmt::format("datagram {}: {}", i + 1, fault);
  }
  return "";
}

std::string packets_are_whole(const RawSocket& socket) {
  if (socket.domain != AF_INET) return "";
  return fault_in_queue(socket, [&](const Datagram& one) -> std::string {
    if (auto fault = packet_fault(one.payload, socket.protocol); !fault.empty()) return fault;
    Datagram told = datagram_of(one.payload);
    told.interface = one.interface;
    told.device = one.device;
    return told == one ? "" : "its header says otherwise";
  });
}

std::string senders_are_hosts(const RawSocket& socket) {
  return fault_in_queue(socket, [&](const Datagram& one) -> std::string {
    if (auto fault = host_fault(one.source, socket.domain); !fault.empty()) return fault;
    if (one.source.port != 0) return to_text(one.source) + " has a port";
    return is_multicast(one.source) ? host_text(one.source) + " is multicast" : "";
  });
}

std::string all_were_sent_to_a_host(const RawSocket& socket) {
  return fault_in_queue(socket, [&](const Datagram& one) -> std::string {
    if (auto fault = host_fault(one.destination, socket.domain); !fault.empty()) return fault;
    if (is_unspecified(one.destination)) return host_text(one.destination) + " is unspecified";
    return one.destination.port == 0 ? "" : to_text(one.destination) + " has a port";
  });
}

std::string groups_are_of_its_family(const RawSocket& socket) {
  for (const Membership& one : socket.memberships) {
    if (one.group.family != socket.domain) return to_text(one) + " is of another family";
  }
  return "";
}

constexpr std::array raw_rules{
    Rule<RawSocket>{Attribute::domain, domain_is_internet},
    Rule<RawSocket>{Attribute::local, local_is_a_host},
    Rule<RawSocket>{Attribute::remote, remote_is_a_host},
    Rule<RawSocket>{Attribute::option, options_differ},
    Rule<RawSocket>{Attribute::datagram_source, senders_are_hosts},
    Rule<RawSocket>{Attribute::datagram_destination, all_were_sent_to_a_host},
    Rule<RawSocket>{Attribute::datagram_payload, packets_are_whole},
    Rule<RawSocket>{Attribute::filter, filter_ends},
    Rule<RawSocket>{Attribute::membership, groups_can_be_joined},
    Rule<RawSocket>{Attribute::membership, groups_are_of_its_family},
    Rule<RawSocket>{Attribute::in_kernel_order, order_is_of_something},
    Rule<RawSocket>{Attribute::datagram_device, groups_were_heard_as_member},
    Rule<RawSocket>{Attribute::file_flags, flags_are_known},
};

}  // namespace

template <>
std::span<const Rule<RawSocket>> rules<RawSocket>() {
  return raw_rules;
}

}  // namespace sockcr
