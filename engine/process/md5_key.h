// Keys of TCP's MD5 signatures (RFC 2385), which no image holds: who checkpoints and who restores
// must have them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/image/signed_peer.h"

namespace sockcr {

struct Md5Key {
  SignedPeer towards;
  std::vector<std::uint8_t> secret;  // 1 to 80 bytes (TCP_MD5SIG_MAXKEYLEN)

  friend bool operator==(const Md5Key&, const Md5Key&) = default;
};

// The one with the longest prefix that counts for every peer of `peer`; null where none does.
const Md5Key* key_towards(std::span<const Md5Key> keys, const SignedPeer& peer);

// What sock_diag tells (INET_DIAG_MD5SIG, with CAP_NET_ADMIN).
std::vector<Md5Key> parse_md5_keys(std::span<const std::uint8_t> bytes);

// TCP_MD5SIG_EXT (Linux 4.13, CONFIG_TCP_MD5SIG), in any state. `domain` is the socket's. No trace
// and no error shows the secret. A key that is bound to a device (TCP_MD5SIG_FLAG_IFINDEX) cannot
// be told from another, and comes back as one for every device.
void write_md5_key(int socket, int domain, const Md5Key& key);

}  // namespace sockcr
