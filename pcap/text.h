// Packets in tcpdump's words:
//   0.000123 IP 192.0.2.1.7001 > 192.0.2.2.7002: Flags [F.], seq 1, ack 1, win 512, length 0
//   0.000456 -- gate-closed (1 of 2)
// As tcpdump does, sequence numbers are relative, in a SYN absolute, and windows unscaled.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "pcap/packet.h"
#include "pcap/recording.h"
#include "pcap/segment.h"

namespace sockcr::pcap {

// Remembers, from packet to packet, where the time and the sequence numbers start.
class Transcript {
 public:
  std::string line(const Packet& packet);

 private:
  using Direction = std::pair<Endpoint, Endpoint>;
  std::uint32_t base(const Direction& direction, std::uint32_t first);
  std::string tcp_text(const IpHeader& ip, const TcpSegment& tcp);

  std::optional<std::chrono::nanoseconds> start_;
  std::map<Direction, std::uint32_t> bases_;
};

// The packets numbered `from` to `to`, both included, one a line; times and sequence numbers are
// relative to the beginning of the recording.
std::string to_text(const Recording& recording, std::size_t from = 1, std::size_t to = SIZE_MAX);

std::string flags_text(std::uint16_t flags);  // "S.", "F.", "none"

}  // namespace sockcr::pcap
