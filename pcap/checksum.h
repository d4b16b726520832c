#pragma once

#include <cstdint>

#include "pcap/address.h"

namespace sockcr::pcap {

// The Internet checksum (RFC 1071) of `bytes`, an odd last byte counting as a high one. Over data
// that contains its right checksum the answer is 0.
std::uint16_t internet_checksum(Bytes bytes);

// The same over `segment` with the pseudo-header of its IP version in front.
std::uint16_t transport_checksum(const Address& source, const Address& destination,
                                 std::uint8_t protocol, Bytes segment);

}  // namespace sockcr::pcap
