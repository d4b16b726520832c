// CRC-32C (Castagnoli), as in iSCSI (RFC 3720, appendix B.4): reflected, all ones in and out.
#pragma once

#include <cstdint>
#include <span>

namespace sockcr {

std::uint32_t crc32c(std::span<const std::uint8_t> bytes);

}  // namespace sockcr
