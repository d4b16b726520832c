#include "pcap/stall.h"

#include <algorithm>

namespace sockcr::pcap {
std::optional<std::chrono::microseconds> stall(const Hearing& hearing) {
  const Recording& recording = hearing.evidence.recording;
  const MarkSpan* open = recording.last_mark(phase::gate_open);
  if (open == nullptr) return std::nullopt;
  const std::chrono::nanoseconds opened = recording.packet(open->last).at;
  SequenceSpace received;
  for (const Segment& segment : hearing.conversation.segments) {
    if (segment.from != Side::ours || segment.is_reset()) continue;
    if (!adds_news(received, segment) || segment.number < open->first) continue;
    // Time stamps may be out of order by a little; positions are not.
    const auto waited = std::max(segment.at - opened, std::chrono::nanoseconds(0));
    return std::chrono::duration_cast<std::chrono::microseconds>(waited);
  }
  return std::nullopt;
}

std::optional<std::chrono::microseconds> stall(const Evidence& evidence) {
  return stall(Hearing(evidence));
}

}  // namespace sockcr::pcap
