#include <fmt/format.h>
#include <algorithm>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

// A mark that was not sent leaves its side of the phase without a place, so nothing is allowed.
bool covers(const ResetAllowance& allowance, const Segment& reset, const Recording& recording) {
  if (allowance.from != reset.from) return false;
  const MarkSpan* after = recording.first_mark(allowance.after);
  const MarkSpan* before = recording.last_mark(allowance.before);
  const bool late_enough = allowance.after.empty() || (after && reset.number > after->last);
  const bool early_enough = allowance.before.empty() || (before && reset.number < before->last);
  return late_enough && early_enough;
}

std::vector<Finding> check(const Hearing& hearing) {
  const Evidence& evidence = hearing.evidence;
  std::vector<Finding> findings;
  for (const Segment& segment : hearing.conversation.segments) {
    if (!segment.is_reset()) continue;
    const bool allowed =
        std::any_of(evidence.allowed_resets.begin(), evidence.allowed_resets.end(),
                    [&](const auto& each) { return covers(each, segment, evidence.recording); });
    if (allowed) continue;
    findings.push_back({segment.number, "no RST from either side",
                        fmt::format("{} sent one, seq {}", to_text(segment.from), segment.begin)});
  }
  return findings;
}

}  // namespace

Rule no_reset() {
  return {"no_reset", "Neither side resets the connection, but where the scenario allows it.",
          check};
}

}  // namespace sockcr::pcap::rules
