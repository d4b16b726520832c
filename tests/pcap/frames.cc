#include "tests/pcap/frames.h"

#include <netinet/in.h>

#include "pcap/checksum.h"

namespace sockcr::pcap::test {
namespace {

using Block = std::vector<std::uint8_t>;

void put(Block& block, std::uint32_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    block.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void put(Block& block, Bytes raw) { block.insert(block.end(), raw.begin(), raw.end()); }

void patch(Block& block, std::size_t at, std::uint16_t value) {
  block[at] = static_cast<std::uint8_t>(value >> 8);
  block[at + 1] = static_cast<std::uint8_t>(value);
}

struct EncodeOption {
  Block& to;

  void operator()(option::EndOfList) const { put(to, 0, 1); }
  void operator()(option::NoOperation) const { put(to, 1, 1); }
  void operator()(option::MaxSegment mss) const { put(to, 0x0204u << 16 | mss.bytes, 4); }
  void operator()(option::WindowScale scale) const { put(to, 0x0303u << 8 | scale.shift, 3); }
  void operator()(option::SackPermitted) const { put(to, 0x0402, 2); }
  void operator()(const option::Sack& sack) const {
    put(to, 5, 1);
    put(to, static_cast<std::uint32_t>(2 + 8 * sack.blocks.size()), 1);
    for (const auto& block : sack.blocks) {
      put(to, block.begin, 4);
      put(to, block.end, 4);
    }
  }
  void operator()(option::Timestamps stamps) const {
    put(to, 0x080a, 2);
    put(to, stamps.value, 4);
    put(to, stamps.echo, 4);
  }
  void operator()(const option::Raw& raw) const {
    put(to, raw.kind, 1);
    put(to, static_cast<std::uint32_t>(2 + raw.value.size()), 1);
    put(to, Bytes(raw.value));
  }
};

Block ipv4_header(const Route& route, std::size_t payload) {
  Block header;
  put(header, 0x4500, 2);
  put(header, static_cast<std::uint32_t>(20 + payload), 2);
  put(header, 0x12344000, 4);  // identification, do not fragment
  put(header, route.hop_limit, 1);
  put(header, 6, 1);  // TCP
  put(header, 0, 2);
  put(header, route.source.view());
  put(header, route.destination.view());
  patch(header, 10, internet_checksum(header));
  return header;
}

Block ipv6_header(const Route& route, std::size_t payload, std::uint8_t next) {
  Block header;
  put(header, 0x60000000 | route.flow_label, 4);
  put(header, static_cast<std::uint32_t>(payload), 2);
  put(header, next, 1);
  put(header, route.hop_limit, 1);
  put(header, route.source.view());
  put(header, route.destination.view());
  return header;
}

}  // namespace

Block bytes(std::string_view text) { return {text.begin(), text.end()}; }

Block unhex(std::string_view digits) {
  Block block;
  int high = -1;
  for (const char digit : digits) {
    if (digit == ' ' || digit == '\n') continue;
    const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    if (high >= 0) block.push_back(static_cast<std::uint8_t>(high << 4 | value));
    high = high >= 0 ? -1 : value;
  }
  return block;
}

Block encode(const TcpSegment& tcp) {
  Block options;
  for (const TcpOption& each : tcp.options) std::visit(EncodeOption{options}, each);
  options.resize((options.size() + 3) / 4 * 4);
  Block segment;
  put(segment, tcp.source_port, 2);
  put(segment, tcp.destination_port, 2);
  put(segment, tcp.seq, 4);
  put(segment, tcp.ack, 4);
  put(segment, static_cast<std::uint32_t>((5 + options.size() / 4) << 12 | tcp.flags), 2);
  put(segment, tcp.window, 2);
  put(segment, 0, 2);
  put(segment, tcp.urgent, 2);
  put(segment, Bytes(options));
  put(segment, Bytes(tcp.payload));
  return segment;
}

Block tcp_frame(const Route& route, const TcpSegment& tcp, const Block& extensions,
                std::uint8_t first_extension) {
  Block segment = encode(tcp);
  patch(segment, 16,
        transport_checksum(route.source, route.destination, IPPROTO_TCP, Bytes(segment)));
  const std::size_t payload = extensions.size() + segment.size();
  const bool v4 = route.source.size == 4;
  Block frame;
  put(frame, Bytes(route.destination_mac.bytes));
  put(frame, Bytes(route.source_mac.bytes));
  put(frame, v4 ? 0x0800 : 0x86dd, 2);
  put(frame,
      Bytes(v4 ? ipv4_header(route, payload) : ipv6_header(route, payload, first_extension)));
  put(frame, Bytes(extensions));
  put(frame, Bytes(segment));
  return frame;
}

Packet packet_of(Block frame, std::size_t number) {
  Packet packet{number, std::chrono::seconds(1), std::move(frame), 0};
  packet.original_length = packet.bytes.size();
  return packet;
}

}  // namespace sockcr::pcap::test
