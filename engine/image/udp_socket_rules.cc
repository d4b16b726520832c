#include <array>
#include <functional>

#include "engine/image/socket_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

bool is_connected(const UdpSocket& socket) { return socket.remote != Address{}; }

std::string local_can_be_bound(const UdpSocket& socket) {
  return bound_fault(socket.local, socket.domain);
}

std::string remote_is_somebody(const UdpSocket& socket) {
  if (!is_connected(socket)) return "";
  if (auto fault = correspondent_fault(socket.remote, socket.domain); !fault.empty()) return fault;
  if (socket.remote.port == 0) return to_text(socket.remote) + " has no port";
  return socket.local.port != 0 ? "" : "connected, yet it is not bound";
}

std::string ends_are_of_one_kind(const UdpSocket& socket) {
  return is_connected(socket) ? ends_are_alike(socket) : "";
}

std::string only_a_bound_one_receives(const UdpSocket& socket) {
  return socket.queue.empty() || socket.local.port != 0 ? "" : "not bound, yet it has received";
}

// The first fault of a datagram, with its place from 1.
std::string fault_in_queue(const UdpSocket& socket,
                           const std::function<std::string(const Datagram&)>& fault_of) {
  for (std::size_t i = 0; i < socket.queue.size(); ++i) {
    const std::string fault = fault_of(socket.queue[i]);
    if (!fault.empty()) return fmt::format("datagram {}: {}", i + 1, fault);
  }
  return "";
}

// 0.0.0.0 is who asks for an address (RFC 2131).
std::string senders_can_have_sent(const UdpSocket& socket) {
  return fault_in_queue(socket, [&](const Datagram& one) -> std::string {
    if (auto fault = bound_fault(one.source, socket.domain); !fault.empty()) return fault;
    return is_multicast(one.source) ? to_text(one.source) + " is multicast" : "";
  });
}

std::string all_were_sent_here(const UdpSocket& socket) {
  return fault_in_queue(socket, [&](const Datagram& one) -> std::string {
    if (auto fault = correspondent_fault(one.destination, socket.domain); !fault.empty()) {
      return fault;
    }
    if (one.destination.port != socket.local.port) {
      return fmt::format("{} is not port {}", to_text(one.destination), socket.local.port);
    }
    if (is_mapped(one.source) == is_mapped(one.destination)) return "";
    return "one end is IPv4-mapped and the other is not";
  });
}

std::string one_can_be_begun(const UdpSocket& socket) {
  if (socket.corked.size() > 1) return fmt::format("{} are begun", socket.corked.size());
  for (const Datagram& one : socket.corked) {
    const std::uint16_t family = one.destination.family;
    if (auto fault = correspondent_fault(one.destination, family); !fault.empty()) return fault;
    if (family != AF_INET && socket.domain != AF_INET6) return "of another family";
    if (one.source.family != family) return "its ends are of two families";
    if (one.destination.port == 0) return to_text(one.destination) + " has no port";
    if (one.payload.size() > most_corked) return fmt::format("{} bytes", one.payload.size());
    if (socket.local.port == 0) return "the socket is not bound";
  }
  return "";
}

constexpr std::array udp_rules{
    Rule<UdpSocket>{Attribute::domain, domain_is_internet},
    Rule<UdpSocket>{Attribute::local, local_can_be_bound},
    Rule<UdpSocket>{Attribute::remote, remote_is_somebody},
    Rule<UdpSocket>{Attribute::remote, ends_are_of_one_kind},
    Rule<UdpSocket>{Attribute::option, options_differ},
    Rule<UdpSocket>{Attribute::local, only_a_bound_one_receives},
    Rule<UdpSocket>{Attribute::datagram_source, senders_can_have_sent},
    Rule<UdpSocket>{Attribute::datagram_destination, all_were_sent_here},
    Rule<UdpSocket>{Attribute::filter, filter_ends},
    Rule<UdpSocket>{Attribute::membership, groups_can_be_joined},
    Rule<UdpSocket>{Attribute::in_kernel_order, order_is_of_something},
    Rule<UdpSocket>{Attribute::datagram_device, groups_were_heard_as_member},
    Rule<UdpSocket>{Attribute::corked, one_can_be_begun},
    Rule<UdpSocket>{Attribute::file_flags, flags_are_known},
};

}  // namespace

template <>
std::span<const Rule<UdpSocket>> rules<UdpSocket>() {
  return udp_rules;
}

}  // namespace sockcr
