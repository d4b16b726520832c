#include "pcap/flow.h"

#include <algorithm>

namespace sockcr::pcap {
namespace {

std::optional<Side> sender(const Frame& frame, const std::vector<Endpoint>& ours,
                           const Endpoint& peer) {
  if (!frame.tcp || frame.tcp->checksum_right == false) return std::nullopt;
  const Endpoint source{frame.ip->source, frame.tcp->source_port};
  const Endpoint destination{frame.ip->destination, frame.tcp->destination_port};
  const auto is_ours = [&](const Endpoint& end) {
    return std::find(ours.begin(), ours.end(), end) != ours.end();
  };
  if (is_ours(source) && destination == peer) return Side::ours;
  if (source == peer && is_ours(destination)) return Side::peer;
  return std::nullopt;
}

Offer offer_of(const std::vector<Segment>& segments, Side side) {
  std::optional<Offer> without_syn;
  for (const Segment& segment : segments) {
    const TcpSegment& tcp = segment.tcp;
    if (segment.is_reset()) continue;
    if (segment.from == side && tcp.has(flag::syn)) return offer_in(tcp);
    const std::uint32_t first = segment.from == side ? tcp.seq : tcp.ack;
    if (!without_syn && (segment.from == side || tcp.has(flag::ack))) {
      without_syn.emplace().isn = first - 1;
    }
  }
  return without_syn.value_or(Offer{});
}

// Turns 32-bit numbers of one stream into offsets: each stands within 2 GiB of the greatest before.
class Unwrapper {
 public:
  explicit Unwrapper(std::uint32_t isn) : isn_(isn) {}

  std::int64_t offset(std::uint32_t number) const {
    const std::uint32_t expected = isn_ + static_cast<std::uint32_t>(greatest_);
    return greatest_ + static_cast<std::int32_t>(number - expected);
  }
  void reached(std::int64_t offset) { greatest_ = std::max(greatest_, offset); }

 private:
  std::uint32_t isn_;
  std::int64_t greatest_ = 0;
};

void place(Segment& segment, Unwrapper& own, const Unwrapper& others) {
  segment.begin = own.offset(segment.tcp.seq);
  segment.end = segment.begin + segment.tcp.sequence_length();
  if (segment.tcp.has(flag::ack)) segment.ack = others.offset(segment.tcp.ack);
  if (!segment.is_reset() && segment.end > segment.begin) own.reached(segment.end);
}

}  // namespace

std::string_view to_text(Side side) { return side == Side::ours ? "ours" : "peer"; }

Offer offer_in(const TcpSegment& syn) {
  Offer offer;
  offer.isn = syn.seq;
  offer.syn_seen = true;
  if (const auto* scale = syn.find<option::WindowScale>()) {
    constexpr std::uint8_t greatest = 14;  // RFC 7323 2.3
    offer.window_scale = std::min(scale->shift, greatest);
  }
  if (const auto* mss = syn.find<option::MaxSegment>()) offer.max_segment = mss->bytes;
  offer.timestamps = syn.find<option::Timestamps>() != nullptr;
  offer.sack_permitted = syn.find<option::SackPermitted>() != nullptr;
  return offer;
}

unsigned Conversation::window_shift(Side side) const {
  return window_scaling() ? *offer(side).window_scale : 0U;
}

std::int64_t Conversation::right_edge(const Segment& segment) const {
  const unsigned shift = segment.tcp.has(flag::syn) ? 0U : window_shift(segment.from);
  return segment.ack.value_or(0) + (std::int64_t{segment.tcp.window} << shift);
}

Conversation conversation_of(const Recording& recording, const std::vector<Frame>& frames,
                             const Endpoint& ours, const Endpoint& peer,
                             const std::vector<Endpoint>& former) {
  Conversation found{ours, peer, {}, {}, {}};
  std::vector<Endpoint> ends_of_ours = former;
  ends_of_ours.push_back(ours);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto from = sender(frames[i], ends_of_ours, peer);
    if (!from) continue;
    const Packet& packet = recording.packets.at(i);
    found.segments.push_back({packet.number, packet.at, *from, *frames[i].tcp, 0, 0, {}});
  }
  found.ours_offer = offer_of(found.segments, Side::ours);
  found.peer_offer = offer_of(found.segments, Side::peer);
  Unwrapper of_ours(found.ours_offer.isn), of_peer(found.peer_offer.isn);
  for (Segment& segment : found.segments) {
    const bool is_ours = segment.from == Side::ours;
    place(segment, is_ours ? of_ours : of_peer, is_ours ? of_peer : of_ours);
  }
  return found;
}

bool adds_news(SequenceSpace& received, const Segment& segment) {
  bool news = false;
  segment.each_value([&](std::int64_t offset, SequenceSpace::Value value) {
    const bool fresh = !received.put(offset, value);
    news = news || (fresh && value != SequenceSpace::syn);
  });
  return news;
}

Stream stream_of(const Conversation& conversation, Side side) {
  Stream stream;
  SequenceSpace space;
  for (const Segment& segment : conversation.segments) {
    if (segment.from != side || segment.is_reset()) continue;
    segment.each_value([&](std::int64_t offset, SequenceSpace::Value value) {
      space.put(offset, value);
      if (value == SequenceSpace::fin && !stream.fin) stream.fin = offset;
    });
    stream.beyond = std::max(stream.beyond, segment.end);
  }
  std::int64_t next = 1;
  for (; next < stream.beyond; ++next) {
    const auto value = space.at(next);
    if (!value || *value > 0xff) break;
    stream.bytes.push_back(static_cast<std::uint8_t>(*value));
  }
  if (next < stream.beyond && !space.at(next)) stream.hole = next;
  return stream;
}

}  // namespace sockcr::pcap
