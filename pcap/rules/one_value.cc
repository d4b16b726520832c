#include <fmt/format.h>
#include <algorithm>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

std::string value_text(SequenceSpace::Value value) {
  if (value == SequenceSpace::syn) return "the SYN";
  if (value == SequenceSpace::fin) return "the FIN";
  return fmt::format("0x{:02x}", value);
}

std::size_t first_carrier(const Conversation& conversation, Side from, std::int64_t offset) {
  const auto& all = conversation.segments;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Segment& segment) {
    return segment.from == from && !segment.is_reset() && segment.begin <= offset &&
           offset < segment.end;
  });
  return found == all.end() ? 0 : found->number;
}

// The first place of `segment` that carried something else before, if there is one.
std::optional<Finding> conflict(const Conversation& conversation, SequenceSpace& space,
                                const Segment& segment) {
  std::optional<Finding> finding;
  segment.each_value([&](std::int64_t offset, SequenceSpace::Value value) {
    const auto standing = space.put(offset, value);
    if (finding || !standing || *standing == value) return;
    finding = {
        segment.number,
        fmt::format("{} at sequence {} of {}, as in packet {}", value_text(*standing), offset,
                    to_text(segment.from), first_carrier(conversation, segment.from, offset)),
        fmt::format("it carries {}", value_text(value))};
  });
  return finding;
}

// A SYN elsewhere than at 0 would leave the old stream instead of changing a value of it.
bool is_second_beginning(const Segment& segment) {
  return segment.tcp.has(flag::syn) && segment.begin != 0;
}

std::vector<Finding> check(const Hearing& hearing) {
  SequenceSpace ours, peer;
  std::vector<Finding> findings;
  for (const Segment& segment : hearing.conversation.segments) {
    if (segment.is_reset()) continue;
    if (is_second_beginning(segment)) {
      findings.push_back({segment.number, "one initial sequence number",
                          fmt::format("a SYN of {} {} away from the first", to_text(segment.from),
                                      segment.begin)});
    }
    SequenceSpace& space = segment.from == Side::ours ? ours : peer;
    if (auto found = conflict(hearing.conversation, space, segment)) findings.push_back(*found);
  }
  return findings;
}

}  // namespace

Rule one_value() {
  return {"one_value", "No place of either sequence space ever carries two values.", check};
}

}  // namespace sockcr::pcap::rules
