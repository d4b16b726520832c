// A TCP segment that a tap has heard, read out of its packet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/image/tcp_connection.h"
#include "engine/tcp/segment.h"

namespace sockcr {

struct HeardSegment {
  Address from, to;  // both AF_INET, or both AF_INET6
  Sequence seq = 0;
  Sequence ack = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0, urgent_pointer = 0;  // as in the header
  std::optional<Segment::Timestamps> timestamps;
  Bytes payload;
};

// An ACK and nothing else, as the kernel answers a segment that lies outside of the window. What a
// timer sends has bytes, a SYN or a FIN; but for the probe of a closed window.
bool is_bare_ack(const HeardSegment& heard);

// `packet` from its IP header on. Nothing for what is no whole TCP segment: another protocol, a
// fragment, one cut short.
std::optional<HeardSegment> parse_segment(std::span<const std::uint8_t> packet);

}  // namespace sockcr
