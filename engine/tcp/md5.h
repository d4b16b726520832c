// MD5 (RFC 1321), for the one thing that still needs it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace sockcr {

using Md5Digest = std::array<std::uint8_t, 16>;

Md5Digest md5(std::span<const std::uint8_t> message);

}  // namespace sockcr
