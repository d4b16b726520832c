// Bytes to values. Pure, and total: whatever the bytes, the answer is a valid image or an
// ImageError that names record, attribute and offset. Memory in use stays within a small multiple
// of the bytes given.
#pragma once

#include <cstdint>
#include <span>

#include "engine/image/image.h"

namespace sockcr {

Image decode(std::span<const std::uint8_t> file);

}  // namespace sockcr
