// Encoding the values that the witness decodes, for tests.
#pragma once

#include <string_view>
#include <vector>

#include "pcap/packet.h"
#include "pcap/segment.h"

namespace sockcr::pcap::test {

std::vector<std::uint8_t> bytes(std::string_view text);
std::vector<std::uint8_t> unhex(std::string_view digits);  // blanks are skipped

// The header and payload of `tcp` with its options padded, checksum 0.
std::vector<std::uint8_t> encode(const TcpSegment& tcp);

struct Route {
  MacAddress source_mac, destination_mac;
  Address source, destination;
  std::uint8_t hop_limit = 64;
  std::uint32_t flow_label = 0;  // IPv6
};

// A whole frame; `extensions` (IPv6) stand in front of TCP, the first of kind `first_extension`.
std::vector<std::uint8_t> tcp_frame(const Route& route, const TcpSegment& tcp,
                                    const std::vector<std::uint8_t>& extensions = {},
                                    std::uint8_t first_extension = 6);

Packet packet_of(std::vector<std::uint8_t> frame, std::size_t number = 1);

}  // namespace sockcr::pcap::test
