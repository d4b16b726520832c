#include "engine/image/signed_peer.h"

#include <fmt/format.h>

namespace sockcr {

SignedPeer signed_peer(const Address& address) {
  Address host = unmapped(address);
  host.port = 0;
  host.scope_id = 0;  // no key knows it: tcp_md5sig binds to a device by its own member
  return {host, static_cast<std::uint8_t>(host.family == AF_INET6 ? 128 : 32)};
}

bool contains(const SignedPeer& outer, const SignedPeer& inner) {
  if (outer.host.family != inner.host.family || outer.prefix > inner.prefix) return false;
  for (unsigned bit = 0; bit < outer.prefix; ++bit) {
    const unsigned differing = outer.host.bytes[bit / 8] ^ inner.host.bytes[bit / 8];
    if ((differing & (0x80U >> (bit % 8))) != 0) return false;
  }
  return true;
}

std::string to_text(const SignedPeer& peer) {
  return fmt::format("{}/{}", host_text(peer.host), peer.prefix);
}

}  // namespace sockcr
