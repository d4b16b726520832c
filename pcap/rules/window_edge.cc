#include <fmt/format.h>
#include <algorithm>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

bool advertises(const Segment& segment) {
  return segment.from == Side::ours && segment.ack && !segment.is_reset();
}

std::optional<std::int64_t> greatest_edge(const Conversation& conversation, std::size_t before) {
  std::optional<std::int64_t> greatest;
  for (const Segment& segment : conversation.segments) {
    if (segment.number >= before || !advertises(segment)) continue;
    const std::int64_t edge = conversation.right_edge(segment);
    greatest = std::max(greatest.value_or(edge), edge);
  }
  return greatest;
}

std::vector<Finding> check(const Hearing& hearing) {
  const Conversation& conversation = hearing.conversation;
  const Closed closed = closed_gate(hearing.evidence.recording);
  const auto promised = greatest_edge(conversation, closed.after);
  std::vector<Finding> findings;
  if (!promised) return findings;
  // The window field drops the bits below the scale; beyond that a promise is a promise.
  const std::int64_t truncation = (std::int64_t{1} << conversation.window_shift(Side::ours)) - 1;
  for (const Segment& segment : conversation.segments) {
    if (segment.number <= closed.before || !advertises(segment)) continue;
    const std::int64_t edge = conversation.right_edge(segment);
    if (edge >= *promised - truncation) continue;
    findings.push_back({segment.number,
                        fmt::format("a right edge of ours' window of at least {}, as promised "
                                    "before the gate closed",
                                    *promised - truncation),
                        fmt::format("it is {}, {} bytes less", edge, *promised - edge)});
  }
  return findings;
}

}  // namespace

Rule window_edge() {
  return {"window_edge", "Ours takes back nothing of the window that it granted before the cut.",
          check};
}

}  // namespace sockcr::pcap::rules
