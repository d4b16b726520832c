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

// Each allowance covers so many; the first that still can does.
bool is_allowed(std::vector<ResetAllowance>& left, const Segment& reset,
                const Recording& recording) {
  const auto found = std::find_if(left.begin(), left.end(), [&](const ResetAllowance& each) {
    return each.at_most > 0 && covers(each, reset, recording);
  });
  if (found == left.end()) return false;
  --found->at_most;
  return true;
}

std::vector<Finding> check(const Hearing& hearing) {
  const Evidence& evidence = hearing.evidence;
  std::vector<ResetAllowance> left = evidence.allowed_resets;
  std::vector<Finding> findings;
  for (const Segment& segment : hearing.conversation.segments) {
    if (!segment.is_reset() || is_allowed(left, segment, evidence.recording)) continue;
    const bool another = !evidence.allowed_resets.empty();
    findings.push_back(
        {segment.number,
         another ? "no RST from either side but those that are allowed" : "no RST from either side",
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
