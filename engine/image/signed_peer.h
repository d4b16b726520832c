// Peers whose segments are signed (RFC 2385, TCP_MD5SIG), as plain values: that there is a key, and
// for whom. The key itself is in no image.
#pragma once

#include <cstdint>
#include <string>

#include "engine/image/address.h"

namespace sockcr {

struct SignedPeer {
  Address host;              // AF_INET or AF_INET6, never a mapped one; no port
  std::uint8_t prefix = 32;  // bits of it that count

  friend bool operator==(const SignedPeer&, const SignedPeer&) = default;
};

// That one peer alone, whatever the port of `address`.
SignedPeer signed_peer(const Address& address);
// Every peer of `inner` is one of `outer`.
bool contains(const SignedPeer& outer, const SignedPeer& inner);
std::string to_text(const SignedPeer& peer);  // 192.0.2.0/24, 2001:db8::1/128

}  // namespace sockcr
