#include "engine/gate/iptables_rules.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <set>

namespace sockcr {
namespace {

constexpr std::string_view prefix = "SOCKCR-";
constexpr std::size_t id_digits = 16;

std::string_view protocol_name(std::uint8_t protocol) {
  return protocol == IPPROTO_UDP ? "udp" : "tcp";
}

std::string sending_chain_of(const GateRequest& request) {
  return sends_differently(request) ? gate_sending_chain(request.image_id)
                                    : gate_chain(request.image_id);
}

std::string accept_marked(const std::string& chain) {
  return fmt::format("-A {} -m mark --mark {:#x} -j ACCEPT\n", chain, forged_mark);
}

// Whoever sends one is told at once (EPERM), and may send it again.
std::string drop_datagrams(const GateRequest& request, const std::string& chain) {
  if (!request.datagrams) return "";
  return fmt::format("-A {0} -p udp -j DROP\n-A {0} -p udplite -j DROP\n", chain);
}

// Before they are dropped.
std::string log_datagrams(const GateRequest& request, const std::string& chain) {
  if (!request.datagrams || !request.tap) return "";
  return fmt::format(
      "-A {0} -p udp -j NFLOG --nflog-group {1}\n-A {0} -p udplite -j NFLOG --nflog-group {1}\n",
      chain, *request.tap);
}

// Router and neighbour discovery (RFC 4861) goes on as if there were no gate of ours.
std::string pass_neighbours(const std::string& chain) {
  std::string text;
  for (int type = 133; type <= 137; ++type) {
    text += fmt::format("-A {} -p icmpv6 --icmpv6-type {} -j RETURN\n", chain, type);
  }
  return text;
}

std::string drop_raw(const GateRequest& request, const std::string& chain, int family) {
  std::string text;
  for (const std::uint8_t protocol : request.raw) {
    if (family == AF_INET6 && protocol == IPPROTO_ICMPV6) text += pass_neighbours(chain);
    text += fmt::format("-A {} -p {} -j DROP\n", chain, protocol);
  }
  return text;
}

std::string receiving_rules(const GateRequest& request, int family) {
  const std::string chain = gate_chain(request.image_id);
  return accept_marked(chain) +
         fmt::format("-A {} -p {} -j DROP\n", chain, protocol_name(request.protocol)) +
         drop_datagrams(request, chain) + drop_raw(request, chain, family);
}

// A request for a connection is given up when its SYN-ACK cannot be sent (reqsk_timer_handler,
// net/ipv4/inet_connection_sock.c), and its timer runs at most a second from now: the listener has
// to believe that it left.
std::string swallow_syn_acks(const GateRequest& request) {
  if (request.protocol != IPPROTO_TCP) return "";
  return fmt::format("-A {} -p tcp --tcp-flags SYN,ACK SYN,ACK -j NFQUEUE --queue-num {}\n",
                     gate_sending_chain(request.image_id), swallow_queue);
}

// What becomes of any other segment that wants out.
std::string fate(const GateRequest& request, bool swallowed) {
  const std::string_view protocol = protocol_name(request.protocol);
  return swallowed ? fmt::format("-p {} -j NFQUEUE --queue-num {}", protocol, swallow_queue)
                   : fmt::format("-p {} -j DROP", protocol);
}

std::string sending_rules(const GateRequest& request, int family) {
  if (!sends_differently(request)) return "";
  const std::string rule = fmt::format("-A {} -p {}", gate_sending_chain(request.image_id),
                                       protocol_name(request.protocol));
  std::string text = accept_marked(gate_sending_chain(request.image_id));
  if (request.tap) text += fmt::format("{} -j NFLOG --nflog-group {}\n", rule, *request.tap);
  text += swallow_syn_acks(request);
  return text +
         fmt::format("-A {} {}\n", gate_sending_chain(request.image_id),
                     fate(request, request.swallow)) +
         log_datagrams(request, gate_sending_chain(request.image_id)) +
         drop_datagrams(request, gate_sending_chain(request.image_id)) +
         drop_raw(request, gate_sending_chain(request.image_id), family);
}

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Removes all that is standing but the chains that are `kept`, which are only emptied: when another
// commit comes in between, iptables-nft repeats its own and then leaves out the -N of a chain that
// it has just removed.
std::string removal(const StandingGate& standing, const std::vector<std::string>& kept = {}) {
  std::string text;
  for (const std::string& jump : standing.jumps) text += fmt::format("-D {}\n", jump);
  for (const std::string& chain : standing.chains) text += fmt::format("-F {}\n", chain);
  for (const std::string& chain : standing.chains) {
    if (!is_in(kept, chain)) text += fmt::format("-X {}\n", chain);
  }
  return text;
}

std::string transaction(std::string_view rules) {
  return fmt::format("*filter\n{}COMMIT\n", rules);
}

// The image id in "SOCKCR-<16 hexadecimal digits>..." at the start of `text`.
std::optional<std::uint64_t> image_id_in(std::string_view text) {
  if (!text.starts_with(prefix) || text.size() < prefix.size() + id_digits) return std::nullopt;
  const char* first = text.data() + prefix.size();
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(first, first + id_digits, id, 16);
  if (error != std::errc() || end != first + id_digits) return std::nullopt;
  return id;
}

}  // namespace

bool sends_differently(const GateRequest& request) { return request.tap || request.swallow; }

std::string gate_chain(std::uint64_t image_id) {
  return fmt::format("{}{:016x}", prefix, image_id);
}

std::string gate_sending_chain(std::uint64_t image_id) { return gate_chain(image_id) + "-OUT"; }

StandingGate standing_when_closed(const GateRequest& request) {
  StandingGate standing{.chains = {gate_chain(request.image_id)},
                        .jumps = {"INPUT -j " + gate_chain(request.image_id),
                                  "OUTPUT -j " + sending_chain_of(request)}};
  if (sends_differently(request)) standing.chains.push_back(sending_chain_of(request));
  return standing;
}

StandingGate standing_gate(std::uint64_t image_id, std::span<const std::string> saved) {
  StandingGate standing;
  for (const std::string_view line : saved) {
    for (const std::string& chain : {gate_chain(image_id), gate_sending_chain(image_id)}) {
      if (line.starts_with(fmt::format(":{} ", chain))) standing.chains.push_back(chain);
      for (const std::string_view hook : {"INPUT", "OUTPUT"}) {
        const std::string jump = fmt::format("{} -j {}", hook, chain);
        if (line == "-A " + jump) standing.jumps.push_back(jump);
      }
    }
  }
  return standing;
}

std::vector<std::uint64_t> standing_image_ids(std::span<const std::string> saved) {
  std::set<std::uint64_t> ids;
  for (const std::string_view line : saved) {
    if (!line.starts_with(':')) continue;
    if (const auto id = image_id_in(line.substr(1))) ids.insert(*id);
  }
  return {ids.begin(), ids.end()};
}

std::string closing_rules(const GateRequest& request, const StandingGate& standing, int family) {
  const StandingGate wanted = standing_when_closed(request);
  std::string rules = removal(standing, wanted.chains);
  for (const std::string& chain : wanted.chains) {
    if (!is_in(standing.chains, chain)) rules += fmt::format("-N {}\n", chain);
  }
  rules += receiving_rules(request, family) + sending_rules(request, family);
  for (const std::string& jump : wanted.jumps) {
    const auto target = jump.find(' ');
    rules += fmt::format("-I {} 1{}\n", jump.substr(0, target), jump.substr(target));
  }
  return transaction(rules);
}

std::string swallowing_rules(const GateRequest& request, bool on) {
  const int last = 2 + (request.tap ? 1 : 0) + (request.protocol == IPPROTO_TCP ? 1 : 0);
  return transaction(
      fmt::format("-R {} {} {}\n", gate_sending_chain(request.image_id), last, fate(request, on)));
}

std::string opening_rules(const StandingGate& standing) { return transaction(removal(standing)); }

}  // namespace sockcr
