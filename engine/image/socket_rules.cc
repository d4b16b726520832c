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

std::string filter_fault(const SocketFilter& filter) {
  constexpr std::size_t instruction = 8;             // struct sock_filter
  constexpr std::uint8_t kind_of_code = 7, ret = 6;  // BPF_CLASS, BPF_RET
  if (filter.program == 0 && filter.program_tag != 0) return "a tag of no program";
  if (filter.program != 0 && !filter.code.empty()) return "classic BPF and eBPF at once";
  const Bytes& code = filter.code;
  if (code.empty()) return "";
  if (code.size() % instruction != 0) {
    return fmt::format("{} bytes are no whole instructions", code.size());
  }
  const std::uint8_t last = code[code.size() - instruction];
  return (last & kind_of_code) == ret ? "" : "its last instruction is no return";
}

std::string flags_fault(StatusFlags flags) {
  const auto unknown =
      static_cast<std::uint32_t>(flags) & ~static_cast<std::uint32_t>(StatusFlags::all);
  return unknown == 0 ? ""
                      : fmt::format("{:#o} is nothing that F_SETFL takes of a socket", unknown);
}

std::string heard_groups_fault(const std::vector<Datagram>& queue,
                               const std::vector<Membership>& memberships) {
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Datagram& one = queue[i];
    if (!is_multicast(one.destination) && one.device.empty()) continue;
    const std::string place = fmt::format("datagram {}: ", i + 1);
    if (!is_multicast(one.destination)) return place + "it was sent to no group";
    if (!is_member(memberships, one.destination, one.device)) {
      return place + fmt::format("no member of {} on '{}'", host_text(one.destination), one.device);
    }
  }
  return "";
}

}  // namespace sockcr
