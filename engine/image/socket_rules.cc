#include "engine/image/socket_rules.h"

#include <set>
#include <utility>

namespace sockcr {
namespace {

constexpr std::size_t most_options = 1024;  // Linux has some 250 that can be set

}  // namespace

std::string options_fault(const std::vector<OptionValue>& options) {
  if (options.size() > most_options) {
    return fmt::format("{} options, a socket has at most {}", options.size(), most_options);
  }
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  for (const OptionValue& option : options) {
    if (seen.emplace(option.level, option.number).second) continue;
    return fmt::format("level {} number {} stands here twice", option.level, option.number);
  }
  return "";
}

// TCP_MD5SIG keeps one key for an address and a prefix; a second one takes its place.
std::string signatures_fault(const std::vector<SignedPeer>& peers) {
  constexpr std::size_t most_peers = 4096;
  if (peers.size() > most_peers) return fmt::format("{} of them", peers.size());
  std::set<std::string> seen;
  for (const SignedPeer& peer : peers) {
    const Address& host = peer.host;
    const bool v4 = host.family == AF_INET;
    if ((!v4 && host.family != AF_INET6) || is_mapped(host) || host.port != 0) {
      return fmt::format("{} of family {} is no host", to_text(host), host.family);
    }
    if (peer.prefix > (v4 ? 32 : 128)) return fmt::format("{} bits", peer.prefix);
    if (!seen.insert(to_text(peer)).second) return to_text(peer) + " stands here twice";
  }
  return "";
}

}  // namespace sockcr
