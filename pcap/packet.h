#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sockcr::pcap {

struct Packet {
  std::size_t number = 0;           // 1-based; the order in which the kernel saw them
  std::chrono::nanoseconds at{};    // since the epoch, CLOCK_REALTIME; not always in order
  std::vector<std::uint8_t> bytes;  // from the Ethernet header on
  std::size_t original_length = 0;  // greater than bytes.size() when the snap length cut it

  bool operator==(const Packet&) const = default;
};

}  // namespace sockcr::pcap
