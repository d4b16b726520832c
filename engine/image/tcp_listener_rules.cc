// Sockets without a peer: listeners, and those that have never been connected.
#include <array>

#include "engine/image/socket_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

template <class Kind>
std::string local_can_be_bound(const Kind& socket) {
  return bound_fault(socket.local, socket.domain);
}

// listen(2) binds a socket that has no port yet.
std::string listener_has_a_port(const TcpListener& listener) {
  return listener.local.port != 0 ? "" : to_text(listener.local) + " has no port";
}

constexpr std::array listener_rules{
    Rule<TcpListener>{Attribute::domain, domain_is_internet},
    Rule<TcpListener>{Attribute::local, local_can_be_bound},
    Rule<TcpListener>{Attribute::local, listener_has_a_port},
    Rule<TcpListener>{Attribute::option, options_differ},
    Rule<TcpListener>{Attribute::signed_peer, peers_can_be_signed_for},
    Rule<TcpListener>{Attribute::filter, filter_ends},
    Rule<TcpListener>{Attribute::file_flags, flags_are_known},
};

constexpr std::array unconnected_rules{
    Rule<TcpUnconnected>{Attribute::domain, domain_is_internet},
    Rule<TcpUnconnected>{Attribute::local, local_can_be_bound},
    Rule<TcpUnconnected>{Attribute::option, options_differ},
    Rule<TcpUnconnected>{Attribute::filter, filter_ends},
    Rule<TcpUnconnected>{Attribute::file_flags, flags_are_known},
};

}  // namespace

template <>
std::span<const Rule<TcpListener>> rules<TcpListener>() {
  return listener_rules;
}

template <>
std::span<const Rule<TcpUnconnected>> rules<TcpUnconnected>() {
  return unconnected_rules;
}

}  // namespace sockcr
