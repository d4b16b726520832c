#include "engine/process/md5_key.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

// An IPv6 socket knows its IPv4 peers as mapped ones; the prefix counts the bits of the inner
// address all the same (tcp_v6_parse_md5_keys).
Address as_known_in(int domain, const Address& host) {
  if (domain != AF_INET6 || host.family == AF_INET6) return host;
  Address mapped{.family = AF_INET6, .bytes = {}, .port = 0, .scope_id = 0};
  mapped.bytes[10] = mapped.bytes[11] = 0xff;
  std::copy_n(host.bytes.begin(), 4, mapped.bytes.begin() + 12);
  return mapped;
}

Md5Key key_of(const tcp_diag_md5sig& told) {
  Md5Key key;
  key.towards.host.family = told.tcpm_family;
  key.towards.prefix = told.tcpm_prefixlen;
  std::memcpy(key.towards.host.bytes.data(), told.tcpm_addr, told.tcpm_family == AF_INET ? 4 : 16);
  const std::size_t length = std::min<std::size_t>(told.tcpm_keylen, sizeof told.tcpm_key);
  key.secret.assign(told.tcpm_key, told.tcpm_key + length);
  return key;
}

}  // namespace

// One behind the other, and zeroes where a key has gone meanwhile.
std::vector<Md5Key> parse_md5_keys(std::span<const std::uint8_t> bytes) {
  std::vector<Md5Key> keys;
  tcp_diag_md5sig told{};
  for (; bytes.size() >= sizeof told; bytes = bytes.subspan(sizeof told)) {
    std::memcpy(&told, bytes.data(), sizeof told);
    if (told.tcpm_keylen != 0) keys.push_back(key_of(told));
  }
  return keys;
}

const Md5Key* key_towards(std::span<const Md5Key> keys, const SignedPeer& peer) {
  const Md5Key* best = nullptr;
  for (const Md5Key& key : keys) {
    if (!contains(key.towards, peer)) continue;
    if (best == nullptr || best->towards.prefix < key.towards.prefix) best = &key;
  }
  return best;
}

void write_md5_key(int socket, int domain, const Md5Key& key) {
  tcp_md5sig wanted{};
  sockaddr_storage storage{};
  to_sockaddr(as_known_in(domain, key.towards.host), storage);
  std::memcpy(&wanted.tcpm_addr, &storage, sizeof storage);
  wanted.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
  wanted.tcpm_prefixlen = key.towards.prefix;
  const std::size_t length = std::min<std::size_t>(key.secret.size(), TCP_MD5SIG_MAXKEYLEN);
  wanted.tcpm_keylen = static_cast<std::uint16_t>(length);
  std::copy_n(key.secret.begin(), length, wanted.tcpm_key);
  call(
      "setsockopt",
      [&] { return ::setsockopt(socket, IPPROTO_TCP, TCP_MD5SIG_EXT, &wanted, sizeof wanted); },
      [&] {
        return fmt::format("{}, SOL_TCP, TCP_MD5SIG_EXT, {{{}, a key of {} bytes}}, {}", socket,
                           to_text(key.towards), length, sizeof wanted);
      });
}

}  // namespace sockcr
