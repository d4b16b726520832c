#include "pcap/comparison/aspect.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

#include "pcap/sequence_space.h"

namespace sockcr::pcap {
namespace {

using std::chrono::milliseconds;
using Values = std::set<std::string>;

// The shortest time for which a sender waits before it repeats itself (TCP_RTO_MIN), less what two
// clocks may differ in.
constexpr milliseconds shortest_timer{180};

// From the last opening of the gate on; the whole capture where no gate ever closed.
std::size_t first_packet_behind_the_gate(const Hearing& hearing) {
  const MarkSpan* open = hearing.evidence.recording.last_mark(phase::gate_open);
  return open == nullptr ? 1 : open->first;
}

template <class Visit>
void each_segment(const Hearing& hearing, Side side, Visit&& visit) {
  for (const Segment& segment : hearing.conversation.segments) {
    const bool counts = segment.from == side && !segment.is_reset();
    if (counts && !segment.tcp.has(flag::syn)) visit(segment);
  }
}

// The same, behind the gate; `repeats`: all that it carries had come before.
template <class Visit>
void each_segment_behind(const Hearing& hearing, Side side, Visit&& visit) {
  const std::size_t from = first_packet_behind_the_gate(hearing);
  SequenceSpace received;
  each_segment(hearing, side, [&](const Segment& segment) {
    const bool repeats = !adds_news(received, segment) && segment.begin != segment.end;
    if (segment.number >= from) visit(segment, repeats);
  });
}

std::string name_of(const TcpOption& each) {
  struct Namer {
    std::string operator()(const option::EndOfList&) const { return "eol"; }
    std::string operator()(const option::NoOperation&) const { return "nop"; }
    std::string operator()(const option::MaxSegment&) const { return "mss"; }
    std::string operator()(const option::WindowScale&) const { return "wscale"; }
    std::string operator()(const option::SackPermitted&) const { return "sackOK"; }
    std::string operator()(const option::Sack&) const { return "sack"; }
    std::string operator()(const option::Timestamps&) const { return "TS"; }
    std::string operator()(const option::Raw& raw) const {
      return fmt::format("kind-{}", raw.kind);
    }
  };
  return std::visit(Namer{}, each);
}

std::string layout(const TcpSegment& tcp) {
  std::vector<std::string> names;
  for (const TcpOption& each : tcp.options) names.push_back(name_of(each));
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, " "));
}

Values handshake(const Hearing& hearing, Side side) {
  const Offer& offer = hearing.conversation.offer(side);
  if (!offer.syn_seen) return {};
  return {fmt::format("mss {}, wscale {}, timestamps {}, sackOK {}", offer.max_segment.value_or(0),
                      offer.window_scale.value_or(0), offer.timestamps, offer.sack_permitted)};
}

Values options(const Hearing& hearing, Side side) {
  Values values;
  each_segment(hearing, side, [&](const Segment& segment) {
    // Holes are a matter of what was lost when, which is not for a cut to decide.
    if (segment.tcp.find<option::Sack>() == nullptr) values.insert(layout(segment.tcp));
  });
  return values;
}

const IpHeader& header_of(const Hearing& hearing, const Segment& segment) {
  return *hearing.frames[segment.number - 1].ip;
}

Values ip_header(const Hearing& hearing, Side side) {
  Values values;
  each_segment(hearing, side, [&](const Segment& segment) {
    const IpHeader& ip = header_of(hearing, segment);
    values.insert(fmt::format("ttl {}, tos 0x{:02x}{}", ip.hop_limit, ip.traffic_class,
                              ip.dont_fragment ? ", DF" : ""));
  });
  return values;
}

Values flow_labels(const Hearing& hearing, Side side) {
  std::set<std::uint32_t> labels;
  for (const Segment& segment : hearing.conversation.segments) {
    const IpHeader& ip = header_of(hearing, segment);
    if (segment.from == side && ip.source.size == 16) labels.insert(ip.flow_label);
  }
  if (labels.empty()) return {};
  return {fmt::format("{}", labels.size())};
}

std::string flags_text(std::uint16_t flags) {
  constexpr std::pair<std::uint16_t, char> letters[] = {
      {flag::fin, 'F'}, {flag::psh, 'P'}, {flag::ack, '.'}, {flag::urg, 'U'},
      {flag::ece, 'E'}, {flag::cwr, 'W'}, {flag::ae, 'e'}};
  std::string text;
  for (const auto& [bit, letter] : letters) {
    if ((flags & bit) != 0) text += letter;
  }
  return text;
}

// Where a segment begins, and with it whether it ends a write, is a matter of what was lost.
Values flags(const Hearing& hearing, Side side) {
  Values values;
  each_segment(hearing, side, [&](const Segment& segment) {
    values.insert(flags_text(static_cast<std::uint16_t>(segment.tcp.flags & ~flag::psh)));
  });
  return values;
}

Values marks_of_urgency(const Hearing& hearing, Side side) {
  Values values;
  for (const Segment& segment : hearing.conversation.segments) {
    if (segment.from != side || !segment.tcp.has(flag::urg)) continue;
    values.insert(fmt::format("{}", segment.begin + segment.tcp.urgent));
  }
  return values;
}

std::string place_text(std::int64_t place, std::size_t written) {
  const auto last = static_cast<std::int64_t>(written) + 1;
  return place == last ? "behind all that was written" : fmt::format("{} of {}", place, last);
}

Values end_of_stream(const Hearing& hearing, Side side) {
  const Stream stream = stream_of(hearing.conversation, side);
  if (!stream.fin) return {};
  return {place_text(*stream.fin, hearing.evidence.party(side).written.size())};
}

Values acknowledged(const Hearing& hearing, Side side) {
  if (!hearing.evidence.ran_to_its_end) return {};
  std::int64_t last = 0;
  for (const Segment& segment : hearing.conversation.segments) {
    if (segment.from == side) last = std::max(last, segment.ack.value_or(0));
  }
  const Stream stream = stream_of(hearing.conversation, other(side));
  return {last == stream.beyond ? "all that was said"
                                : fmt::format("{} of {}", last, stream.beyond)};
}

Values segment_size(const Hearing& hearing, Side side) {
  std::size_t longest = 0;
  each_segment_behind(hearing, side, [&](const Segment& segment, bool repeats) {
    if (!repeats) longest = std::max(longest, segment.tcp.payload.size());
  });
  return {fmt::format("{}", longest)};
}

// How often a byte has come again behind the gate that had come before, at most.
Values repeats(const Hearing& hearing, Side side) {
  std::map<std::int64_t, int> times;
  int most = 0;
  each_segment_behind(hearing, side, [&](const Segment& segment, bool repeats) {
    if (repeats) most = std::max(most, ++times[segment.begin]);
  });
  return {fmt::format("{}", most)};
}

Values largest_window(const Hearing& hearing, Side side) {
  std::int64_t largest = 0;
  each_segment_behind(hearing, side, [&](const Segment& segment, bool) {
    if (!segment.ack) return;
    largest = std::max(largest, hearing.conversation.right_edge(segment) - *segment.ack);
  });
  return {fmt::format("{}", largest)};
}

// Waits of a sender that ended with something said before: a timer has fired.
Values timers(const Hearing& hearing, Side side) {
  const Recording& recording = hearing.evidence.recording;
  const std::size_t from = first_packet_behind_the_gate(hearing);
  if (from > recording.packets.size()) return {};
  std::chrono::nanoseconds last = recording.packet(from).at;
  std::size_t fired = 0;
  std::int64_t beyond = 0;  // everything below was said before
  for (const Segment& segment : hearing.conversation.segments) {
    const bool is_repeated = segment.end > segment.begin && segment.begin < beyond;
    const bool is_his = segment.from == side && !segment.is_reset();
    if (is_his) beyond = std::max(beyond, segment.end);
    if (segment.number < from) continue;
    if (is_his && is_repeated && segment.at - last >= shortest_timer) ++fired;
    last = segment.at;
  }
  return {fmt::format("{}", fired)};
}

Values first_to_end(const Hearing& hearing, Side side) {
  for (const Segment& segment : hearing.conversation.segments) {
    if (!segment.tcp.has(flag::fin)) continue;
    return segment.from == side ? Values{"first"} : Values{"second"};
  }
  return {};
}

Values echoes(const Hearing& hearing, Side side) {
  Values values;
  std::set<std::uint32_t> heard;
  const std::size_t from = first_packet_behind_the_gate(hearing);
  for (const Segment& segment : hearing.conversation.segments) {
    const auto* stamps = segment.tcp.find<option::Timestamps>();
    if (stamps == nullptr || segment.is_reset()) continue;
    if (segment.from != side) {
      heard.insert(stamps->value);
    } else if (segment.number >= from && segment.tcp.has(flag::ack)) {
      values.insert(heard.contains(stamps->echo) ? "a TSval of the other side"
                    : stamps->echo == 0          ? "0"
                                                 : "what the other side never sent");
    }
  }
  return values;
}

Values resets(const Hearing& hearing, Side side) {
  const auto count = std::count_if(
      hearing.conversation.segments.begin(), hearing.conversation.segments.end(),
      [&](const Segment& segment) { return segment.from == side && segment.is_reset(); });
  return {fmt::format("{}", count)};
}

constexpr Aspect aspects[] = {
    {"handshake", "what its SYN offers", Relation::equal, handshake},
    {"options", "the TCP options of its segments", Relation::nothing_new, options},
    {"ip-header", "TTL, traffic class and DF", Relation::nothing_new, ip_header},
    {"flow-labels", "how many IPv6 flow labels it has used", Relation::not_more, flow_labels},
    {"flags", "the flags of its segments, PSH left out", Relation::nothing_new, flags},
    {"urgent", "where its urgent pointer has pointed to", Relation::equal, marks_of_urgency},
    {"end", "where its stream ends", Relation::equal, end_of_stream},
    {"order", "who has ended its stream first", Relation::equal, first_to_end},
    {"acknowledged", "up to where it has acknowledged", Relation::equal, acknowledged},
    {"segment-size", "its longest new payload", Relation::about, segment_size},
    {"repeats", "how often it has said the same again", Relation::not_more, repeats},
    {"window", "the largest window that it has granted", Relation::about, largest_window},
    {"timers", "how often it has waited to say something again", Relation::not_more, timers},
    {"echo", "what its time stamps echo", Relation::nothing_new, echoes},
    {"resets", "how many RSTs it has sent", Relation::equal, resets},
};

}  // namespace

std::span<const Aspect> all_aspects() { return aspects; }

std::vector<Trait> traits_of(const Evidence& evidence, std::size_t number) {
  const Hearing hearing(evidence);
  std::vector<Trait> traits;
  for (const Side side : {Side::ours, Side::peer}) {
    const std::string of =
        number == 0 ? std::string(to_text(side)) : fmt::format("{} {}", to_text(side), number);
    for (const Aspect& aspect : aspects) {
      traits.push_back({std::string(aspect.name), of, aspect.tell(hearing, side)});
    }
  }
  return traits;
}

}  // namespace sockcr::pcap
