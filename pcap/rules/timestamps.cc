#include <fmt/format.h>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds greatest_lead = std::chrono::seconds(60);
// One tick of the millisecond clock: two CPUs may send across a tick and arrive the other way
// round.
constexpr nanoseconds tolerance = std::chrono::milliseconds(1);
// A program reads the clock and sends, and may be kept waiting in between.
constexpr nanoseconds tolerance_of_a_double = std::chrono::milliseconds(250);

std::vector<Closed> gates_of(const Hearing& hearing) {
  return closed_gates(hearing.evidence.recording);
}

// The time stamp clock of one sender, against the clock of the capture.
class SenderClock {
 public:
  SenderClock(const Party& party, const Hearing& hearing)
      : tick_(party.microsecond_timestamps ? nanoseconds(1000) : nanoseconds(1000000)),
        tolerance_(party.has_a_double ? tolerance_of_a_double : tolerance),
        leaps_behind_(party.clock_may_leap ? gates_of(hearing).back().after : 0),
        may_leap_before_(party.clock_was_set ? gates_of(hearing).front().after : 0) {}

  std::optional<Finding> judge(const Segment& segment, std::uint32_t value) {
    if (!first_ || segment.number < may_leap_before_) first_ = greatest_ = Stamp{segment.at, value};
    if (leaps_behind_ != 0 && segment.number > leaps_behind_) {
      first_ = Stamp{segment.at, value};  // the time that passed counts from here on
      leaps_behind_ = 0;
    }
    const nanoseconds step = ticks(value, greatest_->value);
    const nanoseconds lead = ticks(value, first_->value) - (segment.at - first_->at);
    if (step > nanoseconds(0)) greatest_ = Stamp{segment.at, value};
    if (step < -tolerance_) {
      return Finding{
          segment.number,
          fmt::format("a TSval of {} not below {}", to_text(segment.from), greatest_->value),
          fmt::format("it is {}", value)};
    }
    if (lead <= greatest_lead) return std::nullopt;
    return Finding{
        segment.number,
        fmt::format("a TSval of {} at most 60 s ahead of the time passed", to_text(segment.from)),
        fmt::format("{} is {} s ahead", value,
                    std::chrono::duration_cast<std::chrono::seconds>(lead).count())};
  }

 private:
  struct Stamp {
    nanoseconds at;
    std::uint32_t value;
  };
  nanoseconds ticks(std::uint32_t later, std::uint32_t earlier) const {
    return tick_ * static_cast<std::int32_t>(later - earlier);
  }

  nanoseconds tick_;
  nanoseconds tolerance_;
  std::size_t leaps_behind_;     // a packet number, 0 once it has leapt
  std::size_t may_leap_before_;  // a packet number
  std::optional<Stamp> first_, greatest_;
};

// RFC 7323 3.2: once negotiated, every segment but a RST carries the option.
Finding bare(const Segment& segment) {
  return {segment.number, "time stamps in every segment, as negotiated",
          fmt::format("{} sent one without", to_text(segment.from))};
}

std::vector<Finding> check(const Hearing& hearing) {
  std::vector<Finding> findings;
  if (!hearing.conversation.timestamps()) return findings;
  SenderClock ours(hearing.evidence.ours, hearing), peer(hearing.evidence.peer, hearing);
  for (const Segment& segment : hearing.conversation.segments) {
    if (segment.is_reset()) continue;
    const auto* stamps = segment.tcp.find<option::Timestamps>();
    if (stamps == nullptr) {
      findings.push_back(bare(segment));
      continue;
    }
    SenderClock& clock = segment.from == Side::ours ? ours : peer;
    if (auto found = clock.judge(segment, stamps->value)) findings.push_back(*found);
  }
  return findings;
}

}  // namespace

Rule timestamps() {
  return {"timestamps",
          "Negotiated time stamps stand in every segment, never go back and never leap ahead.",
          check};
}

}  // namespace sockcr::pcap::rules
