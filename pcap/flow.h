// One TCP conversation out of a recording: who said what, at which place of an endless stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pcap/recording.h"
#include "pcap/segment.h"
#include "pcap/sequence_space.h"

namespace sockcr::pcap {

enum class Side { ours, peer };

constexpr Side other(Side side) { return side == Side::ours ? Side::peer : Side::ours; }
std::string_view to_text(Side side);

// A segment's place in its conversation. Offsets count from the sender's ISN and do not wrap: the
// SYN is 0, the first byte 1, a FIN stands behind the last byte.
struct Segment {
  std::size_t number = 0;  // of its packet
  std::chrono::nanoseconds at{};
  Side from = Side::ours;
  TcpSegment tcp;
  std::int64_t begin = 0, end = 0;  // the sequence space that it fills, [begin, end)
  std::optional<std::int64_t> ack;  // in the other side's stream; empty without the ACK flag

  bool is_reset() const { return tcp.has(flag::rst); }
  // Visits (offset, value) of all it carries: SYN, bytes, FIN, in this order.
  template <class Visit>
  void each_value(Visit&& visit) const {
    std::int64_t offset = begin;
    if (tcp.has(flag::syn)) visit(offset++, SequenceSpace::syn);
    for (const std::uint8_t byte : tcp.payload) visit(offset++, SequenceSpace::Value{byte});
    if (tcp.has(flag::fin)) visit(offset, SequenceSpace::fin);
  }
};

// What one side offered in its first SYN.
struct Offer {
  std::uint32_t isn = 0;  // where no SYN was seen: the first sequence number minus 1
  bool syn_seen = false;
  std::optional<std::uint8_t> window_scale;
  std::optional<std::uint16_t> max_segment;
  bool timestamps = false;
  bool sack_permitted = false;
};

Offer offer_in(const TcpSegment& syn);

struct Conversation {
  Endpoint ours, peer;
  Offer ours_offer, peer_offer;
  std::vector<Segment> segments;  // in the order of capture; those with a wrong checksum left out

  const Offer& offer(Side side) const { return side == Side::ours ? ours_offer : peer_offer; }
  // Negotiated: both SYNs offered it.
  bool timestamps() const { return ours_offer.timestamps && peer_offer.timestamps; }
  bool window_scaling() const { return ours_offer.window_scale && peer_offer.window_scale; }
  // By how much the windows of `side` are shifted once the SYNs are through.
  unsigned window_shift(Side side) const;
  // The first place of the sender's stream that `segment` grants to the other side no more.
  // Only where segment.ack is set.
  std::int64_t right_edge(const Segment& segment) const;
};

// `frames[i]` is packet i + 1 of `recording`. What ours says from one of its `former` ends, or the
// peer to one, belongs to it too.
Conversation conversation_of(const Recording& recording, const std::vector<Frame>& frames,
                             const Endpoint& ours, const Endpoint& peer,
                             const std::vector<Endpoint>& former = {});

// Adds what `segment` carries, and tells whether a byte or the FIN of it is new.
bool adds_news(SequenceSpace& received, const Segment& segment);

// One side's stream put together from all its segments.
struct Stream {
  std::vector<std::uint8_t> bytes;   // up to the first hole
  std::int64_t beyond = 1;           // the first place that no segment reached
  std::optional<std::int64_t> fin;   // where the first FIN stands
  std::optional<std::int64_t> hole;  // the first place missing below `beyond`
};
Stream stream_of(const Conversation& conversation, Side side);

}  // namespace sockcr::pcap
