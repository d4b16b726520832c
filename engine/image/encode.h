// Values to bytes. Pure; the same value gives the same bytes.
#pragma once

#include "engine/image/image.h"

namespace sockcr {

// The whole file. Throws ImageError for a value that has no on-disk form (an option longer than
// 32 KiB, `where` and `sockets` of unequal length); whether the values make sense is validate.h's.
Bytes encode(const Image& image);

// The state of one socket alone, without circumstances: two dumps of the same socket are equal by
// memcmp.
Bytes encode_state(const Socket& socket);

}  // namespace sockcr
