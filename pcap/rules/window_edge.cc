#include <fmt/format.h>
#include <algorithm>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

bool advertises(const Segment& segment) {
  return segment.from == Side::ours && segment.ack && !segment.is_reset();
}

struct Promise {
  std::int64_t greatest = 0, last = 0;

  std::string text(std::int64_t truncation) const {
    std::string text = fmt::format(
        "a right edge of ours' window of at least {}, as promised before the gate closed",
        last - truncation);
    if (last < greatest - truncation) {
      text += fmt::format(" (ours' kernel had taken it back from {} by itself)", greatest);
    }
    return text;
  }
};

// Both streams have ended: nothing comes any more that a window could hold. (A TIME_WAIT socket
// without a scale says whatever the low 16 bits of its window are.)
bool is_behind_both_fins(const Segment& segment, const Evidence& evidence) {
  constexpr std::int64_t syn_and_fin = 2;
  const auto end_of = [](const Party& party) {
    return static_cast<std::int64_t>(party.written.size()) + syn_and_fin;
  };
  return evidence.ours.closed && segment.begin >= end_of(evidence.ours) && evidence.peer.closed &&
         segment.ack >= end_of(evidence.peer);
}

// What a kernel takes back while nobody touches it is its own affair: one whose buffer is full
// does, or one that net.ipv4.tcp_shrink_window allows to. The peer keeps to what it was told last.
std::optional<Promise> promise_of(const Conversation& conversation, std::size_t before) {
  std::optional<Promise> promise;
  for (const Segment& segment : conversation.segments) {
    if (segment.number >= before || !advertises(segment)) continue;
    const std::int64_t edge = conversation.right_edge(segment);
    if (!promise) promise = {edge, edge};
    promise = {std::max(promise->greatest, edge), edge};
  }
  return promise;
}

// Behind one gate, up to where the next one closes: `until` is its packet number.
void check_behind(const Closed& closed, std::size_t until, const Hearing& hearing,
                  std::vector<Finding>& findings) {
  const Conversation& conversation = hearing.conversation;
  const auto promised = promise_of(conversation, closed.after);
  if (!promised) return;
  // The window field drops the bits below the scale; beyond that a promise is a promise.
  const std::int64_t truncation = (std::int64_t{1} << conversation.window_shift(Side::ours)) - 1;
  for (const Segment& segment : conversation.segments) {
    if (segment.number <= closed.before || segment.number >= until || !advertises(segment))
      continue;
    const std::int64_t edge = conversation.right_edge(segment);
    if (edge >= promised->last - truncation) continue;
    if (is_behind_both_fins(segment, hearing.evidence)) continue;
    findings.push_back({segment.number, promised->text(truncation),
                        fmt::format("it is {}, {} bytes less", edge, promised->last - edge)});
  }
}

std::vector<Finding> check(const Hearing& hearing) {
  const std::vector<Closed> gates = closed_gates(hearing.evidence.recording);
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < gates.size(); ++i) {
    const bool is_last = i + 1 == gates.size();
    const std::size_t until =
        is_last ? hearing.evidence.recording.packets.size() + 1 : gates[i + 1].after;
    check_behind(gates[i], until, hearing, findings);
  }
  return findings;
}

}  // namespace

Rule window_edge() {
  return {"window_edge", "Ours takes back nothing of the window that it granted before the cut.",
          check};
}

}  // namespace sockcr::pcap::rules
