#include "engine/tcp/heard.h"

#include <netinet/in.h>
#include <algorithm>

namespace sockcr {
namespace {

// Whoever reads past the end gets zeroes; lengths are checked where they matter.
class Bits {
 public:
  explicit Bits(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint8_t u8(std::size_t at) const { return at < bytes_.size() ? bytes_[at] : 0; }
  std::uint16_t u16(std::size_t at) const {
    return static_cast<std::uint16_t>(u8(at) << 8 | u8(at + 1));
  }
  std::uint32_t u32(std::size_t at) const {
    return static_cast<std::uint32_t>(u16(at)) << 16 | u16(at + 2);
  }
  std::size_t size() const { return bytes_.size(); }
  Bits from(std::size_t at) const { return Bits(bytes_.subspan(std::min(at, bytes_.size()))); }
  Bits first(std::size_t n) const { return Bits(bytes_.first(std::min(n, bytes_.size()))); }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::span<const std::uint8_t> bytes_;
};

Address address_in(const Bits& packet, std::size_t at, std::uint16_t family) {
  Address address{.family = family, .bytes = {}, .port = 0, .scope_id = 0};
  const std::size_t length = family == AF_INET ? 4 : 16;
  for (std::size_t i = 0; i < length; ++i) address.bytes[i] = packet.u8(at + i);
  return address;
}

// RFC 7323, 3.2: kind 8, length 10. Kinds 0 and 1 are one byte long.
std::optional<Segment::Timestamps> timestamps_in(const Bits& options) {
  std::size_t at = 0;
  while (at < options.size() && options.u8(at) != 0) {
    if (options.u8(at) == 1) {
      ++at;
      continue;
    }
    const std::size_t length = options.u8(at + 1);
    if (length < 2 || at + length > options.size()) break;
    if (options.u8(at) == 8 && length == 10) {
      return Segment::Timestamps{options.u32(at + 2), options.u32(at + 6)};
    }
    at += length;
  }
  return std::nullopt;
}

std::optional<HeardSegment> parse_tcp(const Bits& tcp, HeardSegment heard) {
  const std::size_t header = static_cast<std::size_t>(tcp.u8(12) >> 4) * 4;
  if (header < 20 || header > tcp.size()) return std::nullopt;
  heard.from.port = tcp.u16(0);
  heard.to.port = tcp.u16(2);
  heard.seq = tcp.u32(4);
  heard.ack = tcp.u32(8);
  heard.flags = tcp.u8(13);
  heard.window = tcp.u16(14);
  heard.urgent_pointer = tcp.u16(18);
  heard.timestamps = timestamps_in(tcp.first(header).from(20));
  const auto payload = tcp.from(header).bytes();
  heard.payload.assign(payload.begin(), payload.end());
  return heard;
}

}  // namespace

bool is_bare_ack(const HeardSegment& heard) {
  constexpr unsigned others = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst;
  return (heard.flags & tcp_flag::ack) != 0 && (heard.flags & others) == 0 && heard.payload.empty();
}

std::optional<HeardSegment> parse_segment(std::span<const std::uint8_t> bytes) {
  const Bits packet(bytes);
  HeardSegment heard;
  if (packet.u8(0) >> 4 == 4) {
    const std::size_t header = static_cast<std::size_t>(packet.u8(0) & 15) * 4;
    const bool fragment = (packet.u16(6) & 0x3fff) != 0;
    const std::size_t total = packet.u16(2);
    if (packet.u8(9) != IPPROTO_TCP || fragment || header < 20 || total > packet.size()) {
      return std::nullopt;
    }
    heard.from = address_in(packet, 12, AF_INET);
    heard.to = address_in(packet, 16, AF_INET);
    return parse_tcp(packet.first(total).from(header), heard);
  }
  if (packet.u8(0) >> 4 == 6) {
    constexpr std::size_t header = 40;
    const std::size_t total = header + packet.u16(4);
    if (packet.u8(6) != IPPROTO_TCP || total > packet.size()) return std::nullopt;
    heard.from = address_in(packet, 8, AF_INET6);
    heard.to = address_in(packet, 24, AF_INET6);
    return parse_tcp(packet.first(total).from(header), heard);
  }
  return std::nullopt;
}

}  // namespace sockcr
