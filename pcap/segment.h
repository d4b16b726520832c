// What a packet says, as values. Numbers are in host byte order and as they stand on the wire: no
// window is scaled, no sequence number relative.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pcap/address.h"

namespace sockcr::pcap {

namespace option {
struct EndOfList {
  bool operator==(const EndOfList&) const = default;
};
struct NoOperation {
  bool operator==(const NoOperation&) const = default;
};
struct MaxSegment {
  std::uint16_t bytes;
  bool operator==(const MaxSegment&) const = default;
};
struct WindowScale {
  std::uint8_t shift;
  bool operator==(const WindowScale&) const = default;
};
struct SackPermitted {
  bool operator==(const SackPermitted&) const = default;
};
struct Sack {
  struct Block {
    std::uint32_t begin, end;  // [begin, end)
    bool operator==(const Block&) const = default;
  };
  std::vector<Block> blocks;
  bool operator==(const Sack&) const = default;
};
struct Timestamps {
  std::uint32_t value, echo;
  bool operator==(const Timestamps&) const = default;
};
// A kind that we do not know, or a known one of a wrong length (TCP ignores those).
struct Raw {
  std::uint8_t kind;
  std::vector<std::uint8_t> value;  // without kind and length
  bool operator==(const Raw&) const = default;
};
}  // namespace option

using TcpOption =
    std::variant<option::EndOfList, option::NoOperation, option::MaxSegment, option::WindowScale,
                 option::SackPermitted, option::Sack, option::Timestamps, option::Raw>;

namespace flag {
inline constexpr std::uint16_t fin = 0x001, syn = 0x002, rst = 0x004, psh = 0x008, ack = 0x010,
                               urg = 0x020, ece = 0x040, cwr = 0x080, ae = 0x100;
}  // namespace flag

struct TcpSegment {
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint32_t seq = 0, ack = 0;
  std::uint16_t flags = 0;  // or-ed flag::
  std::uint16_t window = 0;
  std::uint16_t checksum = 0;
  std::uint16_t urgent = 0;
  std::vector<TcpOption> options;  // as they stand, padding included
  std::vector<std::uint8_t> payload;
  // Empty where it cannot be told: the packet is cut, or a routing header hides the destination.
  std::optional<bool> checksum_right;

  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  // Bytes of sequence space: SYN and FIN count one each.
  std::uint32_t sequence_length() const {
    return static_cast<std::uint32_t>(payload.size()) + has(flag::syn) + has(flag::fin);
  }
  template <class Option>
  const Option* find() const {
    for (const TcpOption& each : options) {
      if (const auto* found = std::get_if<Option>(&each)) return found;
    }
    return nullptr;
  }
};

// Of UDP, and of UDP-Lite (IpHeader::protocol tells).
struct UdpDatagram {
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint16_t length = 0;  // as in the header; of UDP-Lite what the checksum covers
  std::uint16_t checksum = 0;
  std::vector<std::uint8_t> payload;
  std::optional<bool> checksum_right;  // as of TcpSegment; empty without one, or a partial one
};

struct IpHeader {
  Address source, destination;  // .size tells the version
  std::uint8_t protocol = 0;    // behind the extension headers
  std::uint8_t traffic_class = 0;
  std::uint8_t hop_limit = 0;
  bool dont_fragment = false;    // IPv4 only
  std::uint32_t flow_label = 0;  // IPv6 only
  bool fragment = false;
  bool routed = false;                 // IPv6: a routing header has hops left
  std::optional<bool> checksum_right;  // IPv4 only
};

struct Frame {
  MacAddress source, destination;
  std::uint16_t ether_type = 0;
  std::optional<IpHeader> ip;
  std::optional<TcpSegment> tcp;
  std::optional<UdpDatagram> udp;  // never of a fragment
  // Why reading stopped where it did, as one clause; empty when everything known was read.
  std::string trouble;
};

}  // namespace sockcr::pcap
