#include "engine/image/readdress.h"

#include <algorithm>

#include "engine/image/address_rules.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

Address host_of(const Address& address) {
  Address host = unmapped(address);
  host.port = 0;
  return host;
}

void refuse_unequal(const Address& from, const Address& to) {
  const std::string what = host_text(to) + " in the place of " + host_text(from);
  if (from.family != to.family) throw Unsupported(what, "the two are of different families");
  if (is_unspecified(from) || is_unspecified(to)) {
    throw Unsupported(what, "a wildcard address is nobody's in particular");
  }
}

bool has_own_clock(const TcpRequest& request) { return request.negotiated.timestamps; }
bool has_own_clock(const TcpConnection& c) {
  return c.owner == Owner::listener && c.negotiated.timestamps;
}
template <class Kind>
bool has_own_clock(const Kind&) {
  return false;
}

bool is_whole_packet(const RawSocket& socket) { return socket.domain == AF_INET; }
bool is_whole_packet(const UdpSocket&) { return false; }

// Both plain, without a port.
struct Readdressing {
  Address from, to;

  // Says whether it was this one.
  bool apply(Address& address) const {
    if (host_of(address) != from) return false;
    if (is_mapped(address)) {
      std::copy_n(to.bytes.begin(), 4, address.bytes.begin() + 12);
    } else {
      address.bytes = to.bytes;
      address.scope_id = to.scope_id;
    }
    return true;
  }

  void operator()(const UnixSocket&) const {}  // they have no address of the network

  template <class Kind>
  requires requires(Kind& kind) { kind.local; }
  void operator()(Kind& kind) const {
    bool changed = apply(kind.local);
    if constexpr (requires { kind.remote; }) changed |= apply(kind.remote);
    if constexpr (ReceivesDatagrams<Kind>) {
      for (Datagram& one : kind.queue) {
        const bool source_moved = apply(one.source);
        const bool moved = apply(one.destination) || source_moved;
        if (moved && is_whole_packet(kind)) {
          readdress_packet(one.payload, one.source, one.destination);
        }
      }
    }
    if constexpr (requires { kind.corked; }) {
      for (Datagram& one : kind.corked) {
        apply(one.source);
        apply(one.destination);
      }
    }
    if constexpr (requires { kind.memberships; }) {
      for (Membership& one : kind.memberships) {
        apply(one.chosen_by);
        for (Address& source : one.sources) apply(source);
      }
    }
    if constexpr (requires { kind.signed_peers; }) {
      for (SignedPeer& peer : kind.signed_peers) {
        if (peer == signed_peer(from)) peer = signed_peer(to);
      }
    }
    if (changed && has_own_clock(kind)) {
      throw Unsupported(to_text(kind) + " at another address, with time stamps",
                        "its clock is made from the addresses until it is accepted");
    }
  }
};

}  // namespace

Image readdress(Image image, const Address& from, const Address& to) {
  const Readdressing change{host_of(from), host_of(to)};
  refuse_unequal(change.from, change.to);
  for (Socket& socket : image.sockets) std::visit(change, socket);
  return image;
}

}  // namespace sockcr
