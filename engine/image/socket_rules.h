// Rules for every kind of socket that has the members which they look at; for the tables of
// tcp_rules.h.
#pragma once

#include <fmt/format.h>
#include <string>
#include <vector>

#include "engine/image/address_rules.h"
#include "engine/image/tcp_connection.h"
#include "engine/image/udp_socket.h"

namespace sockcr {

template <class Kind>
std::string domain_is_internet(const Kind& socket) {
  if (socket.domain == AF_INET || socket.domain == AF_INET6) return "";
  return fmt::format("{} is neither AF_INET nor AF_INET6", socket.domain);
}

template <class Kind>
std::string local_is_usable(const Kind& socket) {
  return end_fault(socket.local, socket.domain);
}

template <class Kind>
std::string remote_is_usable(const Kind& socket) {
  return end_fault(socket.remote, socket.domain);
}

template <class Kind>
std::string ends_are_alike(const Kind& socket) {
  if (is_unspecified(socket.remote) || is_mapped(socket.local) == is_mapped(socket.remote)) {
    return "";
  }
  return "one end is IPv4-mapped and the other is not";
}

template <class Kind>
std::string shifts_need_scaling(const Kind& socket) {
  const Negotiated& n = socket.negotiated;
  if (n.window_scaling || (n.snd_wscale == 0 && n.rcv_wscale == 0)) return "";
  return "not agreed on, yet a shift is not 0";
}

std::string signatures_fault(const std::vector<SignedPeer>& peers);

template <class Kind>
std::string peers_can_be_signed_for(const Kind& socket) {
  return signatures_fault(socket.signed_peers);
}

std::string options_fault(const std::vector<OptionValue>& options);

template <class Kind>
std::string options_differ(const Kind& socket) {
  return options_fault(socket.options);
}

// Whether a kernel takes the whole of it only attaching it shows (bpf_check_classic).
std::string filter_fault(const SocketFilter& filter);

template <class Kind>
std::string filter_ends(const Kind& socket) {
  return filter_fault(socket.filter);
}

std::string flags_fault(StatusFlags flags);

template <class Kind>
std::string flags_are_known(const Kind& socket) {
  return flags_fault(socket.file.flags);
}

template <class Kind>
std::string groups_can_be_joined(const Kind& socket) {
  return memberships_fault(socket.memberships, socket.domain);
}

template <class Kind>
std::string order_is_of_something(const Kind& socket) {
  if (!socket.memberships.empty()) return "";
  return socket.in_kernel_order ? "it is member of no group" : "";
}

// What was sent to a group comes back by the same device.
std::string heard_groups_fault(const std::vector<Datagram>& queue,
                               const std::vector<Membership>& memberships);

template <class Kind>
std::string groups_were_heard_as_member(const Kind& socket) {
  return heard_groups_fault(socket.queue, socket.memberships);
}

}  // namespace sockcr
