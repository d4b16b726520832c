#include "pcap/decode.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>

#include "pcap/checksum.h"

namespace sockcr::pcap {
namespace {

constexpr std::uint16_t ether_ipv4 = 0x0800;
constexpr std::uint16_t ether_ipv6 = 0x86dd;

MacAddress mac(Bytes raw) {
  MacAddress address;
  std::copy(raw.begin(), raw.end(), address.bytes.begin());
  return address;
}

// What IP carries: `bytes` is shorter than `length` when the capture cut the packet.
struct Payload {
  Bytes bytes;
  std::size_t length = 0;
  bool cut() const { return bytes.size() < length; }
};

Payload limited(Bytes available, std::size_t length) {
  return {available.first(std::min(available.size(), length)), length};
}

TcpSegment fixed_header(Reader& reader) {
  TcpSegment tcp;
  tcp.source_port = reader.u16();
  tcp.destination_port = reader.u16();
  tcp.seq = reader.u32();
  tcp.ack = reader.u32();
  tcp.flags = reader.u16();
  tcp.window = reader.u16();
  tcp.checksum = reader.u16();
  tcp.urgent = reader.u16();
  return tcp;
}

void decode_tcp(Frame& frame, const Payload& segment) {
  constexpr std::size_t least = 20;
  Reader reader(segment.bytes);
  TcpSegment tcp = fixed_header(reader);
  if (reader.failed()) {
    frame.trouble = fmt::format("TCP header cut at {} bytes", segment.bytes.size());
    return;
  }
  const std::size_t header = std::size_t{4} * (tcp.flags >> 12);
  tcp.flags &= 0x1ff;
  if (header < least || header > segment.bytes.size()) {
    frame.trouble = fmt::format("TCP data offset of {} in {} bytes", header, segment.bytes.size());
    return;
  }
  tcp.options = decode_options(reader.take(header - least), frame.trouble);
  tcp.payload.assign(reader.rest().begin(), reader.rest().end());
  if (segment.cut()) {
    frame.trouble =
        fmt::format("TCP segment of {} bytes cut at {}", segment.length, segment.bytes.size());
  } else if (!frame.ip->routed) {
    tcp.checksum_right = transport_checksum(frame.ip->source, frame.ip->destination, IPPROTO_TCP,
                                            segment.bytes) == 0;
  }
  frame.tcp = std::move(tcp);
}

bool covers_all(const UdpDatagram& udp, bool lite, std::size_t length) {
  return udp.length == length || (lite && udp.length == 0);
}

void decode_udp(Frame& frame, const Payload& datagram) {
  constexpr std::size_t header = 8;
  const bool lite = frame.ip->protocol == IPPROTO_UDPLITE;
  Reader reader(datagram.bytes);
  UdpDatagram udp;
  udp.source_port = reader.u16();
  udp.destination_port = reader.u16();
  udp.length = reader.u16();
  udp.checksum = reader.u16();
  if (reader.failed()) {
    frame.trouble = fmt::format("UDP header cut at {} bytes", datagram.bytes.size());
    return;
  }
  const bool whole = covers_all(udp, lite, datagram.length);
  if (!whole && (!lite || udp.length < header || udp.length > datagram.length)) {
    frame.trouble = fmt::format("UDP length of {} in {} bytes", udp.length, datagram.length);
    return;
  }
  udp.payload.assign(reader.rest().begin(), reader.rest().end());
  if (datagram.cut()) {
    frame.trouble =
        fmt::format("UDP datagram of {} bytes cut at {}", datagram.length, datagram.bytes.size());
  } else if (whole && udp.checksum != 0 && !frame.ip->routed) {
    udp.checksum_right = transport_checksum(frame.ip->source, frame.ip->destination,
                                            frame.ip->protocol, datagram.bytes) == 0;
  }
  frame.udp = std::move(udp);
}

void decode_transport(Frame& frame, const Payload& payload) {
  const std::uint8_t protocol = frame.ip->protocol;
  const bool is_udp = protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
  if (is_udp && !frame.ip->fragment) decode_udp(frame, payload);
  if (protocol != IPPROTO_TCP) return;
  if (frame.ip->fragment) {
    frame.trouble = "a fragment";
    return;
  }
  decode_tcp(frame, payload);
}

void decode_ipv4(Frame& frame, Bytes packet) {
  constexpr std::size_t least = 20;
  Reader reader(packet);
  IpHeader ip;
  const std::uint8_t first = reader.u8();
  ip.traffic_class = reader.u8();
  const std::size_t total = reader.u16();
  reader.u16();  // identification
  constexpr std::uint16_t more_or_offset = 0x3fff, dont_fragment = 0x4000;
  const std::uint16_t fragmentation = reader.u16();
  ip.fragment = (fragmentation & more_or_offset) != 0;
  ip.dont_fragment = (fragmentation & dont_fragment) != 0;
  ip.hop_limit = reader.u8();
  ip.protocol = reader.u8();
  reader.u16();  // checksum
  const Bytes source = reader.take(4), destination = reader.take(4);
  const std::size_t header = std::size_t{4} * (first & 0xf);
  if (reader.failed() || first >> 4 != 4 || header < least || header > packet.size()) {
    frame.trouble = fmt::format("IPv4 header starting 0x{:02x} in {} bytes", first, packet.size());
    return;
  }
  ip.source = Address::of(source);
  ip.destination = Address::of(destination);
  ip.checksum_right = internet_checksum(packet.first(header)) == 0;
  frame.ip = ip;
  if (total < header) {
    frame.trouble = fmt::format("IPv4 total length of {} with a header of {}", total, header);
    return;
  }
  decode_transport(frame, limited(packet.subspan(header), total - header));
}

bool is_extension(std::uint8_t next) {
  constexpr std::uint8_t mobility = 135, host_identity = 139, shim6 = 140;
  return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
         next == IPPROTO_AH || next == IPPROTO_DSTOPTS || next == mobility ||
         next == host_identity || next == shim6;
}

// Steps over one extension header: `next` becomes the one behind it.
void skip_extension(Reader& reader, IpHeader& ip, std::uint8_t& next) {
  const std::uint8_t kind = next;
  next = reader.u8();
  const std::size_t units = reader.u8();
  if (kind == IPPROTO_FRAGMENT) {
    constexpr std::uint16_t more_or_offset = 0xfff9;
    ip.fragment = ip.fragment || (reader.u16() & more_or_offset) != 0;
    reader.take(4);
    return;
  }
  const std::size_t length = kind == IPPROTO_AH ? 4 * (units + 2) : 8 * (units + 1);
  const Bytes body = reader.take(length - 2);
  if (kind == IPPROTO_ROUTING && body.size() > 1) ip.routed = ip.routed || body[1] != 0;
}

void decode_ipv6(Frame& frame, Bytes packet) {
  Reader reader(packet);
  IpHeader ip;
  const std::uint32_t first = reader.u32();
  ip.traffic_class = static_cast<std::uint8_t>(first >> 20);
  ip.flow_label = first & 0xfffff;
  const std::size_t length = reader.u16();
  std::uint8_t next = reader.u8();
  ip.hop_limit = reader.u8();
  const Bytes source = reader.take(16), destination = reader.take(16);
  if (reader.failed() || first >> 28 != 6) {
    frame.trouble = fmt::format("IPv6 header starting 0x{:08x} in {} bytes", first, packet.size());
    return;
  }
  ip.source = Address::of(source);
  ip.destination = Address::of(destination);
  const Payload all = limited(reader.rest(), length);
  Reader inner(all.bytes);
  while (is_extension(next) && !inner.failed()) skip_extension(inner, ip, next);
  ip.protocol = next;
  frame.ip = ip;
  if (inner.failed()) {
    frame.trouble = fmt::format("IPv6 extension headers pass the end of {} bytes", length);
    return;
  }
  decode_transport(frame, {inner.rest(), length - (all.bytes.size() - inner.rest().size())});
}

}  // namespace

Frame decode(const Packet& packet) {
  Frame frame;
  Reader reader(packet.bytes);
  const Bytes destination = reader.take(6), source = reader.take(6);
  frame.ether_type = reader.u16();
  if (reader.failed()) {
    frame.trouble = fmt::format("Ethernet header cut at {} bytes", packet.bytes.size());
    return frame;
  }
  frame.destination = mac(destination);
  frame.source = mac(source);
  if (frame.ether_type == ether_ipv4) decode_ipv4(frame, reader.rest());
  if (frame.ether_type == ether_ipv6) decode_ipv6(frame, reader.rest());
  return frame;
}

std::vector<Frame> decode(const std::vector<Packet>& packets) {
  std::vector<Frame> frames;
  frames.reserve(packets.size());
  for (const Packet& packet : packets) frames.push_back(decode(packet));
  return frames;
}

}  // namespace sockcr::pcap
