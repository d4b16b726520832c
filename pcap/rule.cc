#include "pcap/rule.h"

#include <fmt/format.h>
#include <algorithm>
#include <stdexcept>

#include "pcap/decode.h"
#include "pcap/rules/rules.h"

namespace sockcr::pcap {

Hearing::Hearing(const Evidence& all)
    : evidence(all),
      frames(decode(all.recording.packets)),
      conversation(conversation_of(all.recording, frames, all.ours.endpoint, all.peer.endpoint,
                                   all.ours.former)) {}

std::span<const Rule> all_rules() {
  static const std::vector<Rule> all = {
      rules::no_reset(),    rules::silent_gate(),  rules::no_forged_segment(), rules::one_value(),
      rules::one_offer(),   rules::no_early_ack(), rules::delivered_once(),    rules::timestamps(),
      rules::window_edge(), rules::checksums(),
  };
  return all;
}

const Rule& rule_named(std::string_view name) {
  const auto all = all_rules();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Rule& rule) { return rule.name == name; });
  if (found == all.end()) throw std::out_of_range(fmt::format("no rule is named {}", name));
  return *found;
}

std::vector<Breach> judge(const Evidence& evidence, std::span<const Rule> rules) {
  const Hearing hearing(evidence);
  std::vector<Breach> breaches;
  for (const Rule& rule : rules) {
    for (Finding& finding : rule.check(hearing)) {
      breaches.push_back({rule.name, std::move(finding)});
    }
  }
  return breaches;
}

std::string to_text(const Breach& breach) {
  const std::string where =
      breach.finding.packet == 0 ? "capture" : fmt::format("packet {}", breach.finding.packet);
  return fmt::format("{}: {}: expected {}, but {}", where, breach.rule, breach.finding.expected,
                     breach.finding.actual);
}

}  // namespace sockcr::pcap
