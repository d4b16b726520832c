#include "pcap/checksum.h"

namespace sockcr::pcap {
namespace {

std::uint64_t sum(Bytes bytes) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    total += std::uint64_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
  }
  return total;
}

std::uint16_t folded(std::uint64_t total) {
  while (total > 0xffff) total = (total >> 16) + (total & 0xffff);
  return static_cast<std::uint16_t>(~total);
}

}  // namespace

std::uint16_t internet_checksum(Bytes bytes) { return folded(sum(bytes)); }

// Both pseudo-headers are addresses, protocol and length; their different paddings add zeros.
std::uint16_t transport_checksum(const Address& source, const Address& destination,
                                 std::uint8_t protocol, Bytes segment) {
  return folded(sum(source.view()) + sum(destination.view()) + protocol + segment.size() +
                sum(segment));
}

}  // namespace sockcr::pcap
