#include "engine/signatures.h"

#include <fmt/format.h>
#include <algorithm>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

std::string signature_text(const SignedPeer& peer, const std::string& where) {
  return fmt::format("TCP-MD5 towards {} ({})", to_text(peer), where);
}

// In the others segments of a handshake or of the prober's would have to be signed, and are not.
bool can_be_signed(TcpState state) {
  switch (state) {
    case TcpState::established:
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
    case TcpState::close_wait:
    case TcpState::last_ack:
    case TcpState::closing:
    case TcpState::listen:
      return true;
    case TcpState::close:
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::time_wait:
      break;
  }
  return false;
}

void require_given(const Md5Key& key, std::span<const Md5Key> given, const std::string& where) {
  const Md5Key* const known = key_towards(given, key.towards);
  if (known == nullptr) {
    throw Unsupported(signature_text(key.towards, where),
                      "no image holds its key: give it by --md5-key FILE, now and at restore");
  }
  if (known->secret != key.secret) {
    throw Unsupported(
        signature_text(key.towards, where),
        fmt::format("the key given for {} is not the socket's: mend it in --md5-key FILE",
                    to_text(known->towards)));
  }
}

}  // namespace

std::vector<SignedPeer> signed_peers_of(const TcpDiag& found, std::span<const Md5Key> given,
                                        const std::string& where) {
  std::vector<SignedPeer> peers;
  for (const Md5Key& key : found.md5_keys) {
    if (!can_be_signed(found.state)) {
      throw Unsupported(
          signature_text(key.towards, where),
          fmt::format("signatures in {} are not restored by this release", to_text(found.state)));
    }
    require_given(key, given, where);
    peers.push_back(key.towards);
  }
  // The kernel's order is that of a list; an image's is always the same.
  std::sort(peers.begin(), peers.end(),
            [](const SignedPeer& a, const SignedPeer& b) { return to_text(a) < to_text(b); });
  return peers;
}

std::vector<Md5Key> keys_of(const Socket& socket, std::span<const Md5Key> given) {
  std::vector<Md5Key> keys;
  const auto add = [&](const std::vector<SignedPeer>& peers) {
    for (const SignedPeer& peer : peers) {
      const Md5Key* const known = key_towards(given, peer);
      if (known == nullptr) {
        throw Unsupported(signature_text(peer, to_text(socket)),
                          "its key is not in the image: give it by --md5-key FILE");
      }
      keys.push_back({peer, known->secret});
    }
  };
  std::visit(
      [&](const auto& kind) {
        if constexpr (requires { kind.signed_peers; }) add(kind.signed_peers);
      },
      socket);
  return keys;
}

}  // namespace sockcr
