// The digest of TCP's MD5 signature option (RFC 2385), for segments that the engine sends itself.
#pragma once

#include <cstddef>

#include "engine/tcp/md5.h"
#include "engine/tcp/segment.h"

namespace sockcr {

// Of `segment` with options of that length, its own among them, by Segment::md5_key.
Md5Digest signature_of(const Segment& segment, std::size_t options_length);

}  // namespace sockcr
