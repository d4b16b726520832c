// Image files. An image holds user data and sequence numbers: it is readable by its owner alone,
// and a file under its final name is always whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/image/tcp_connection.h"

namespace sockcr {

inline constexpr std::size_t max_image_size = std::size_t{1} << 30;  // bytes that a reader takes

// Mode 0600, under a temporary name in the same folder, then fsync, rename, and fsync of the
// folder. Throws SystemError; then nothing of it is left, and what stood under `path` before is
// untouched.
void write_image_file(const std::string& path, std::span<const std::uint8_t> image);

// The bytes of a file, to be decoded. Throws SystemError, or ImageError when it is longer than
// `limit` or does not begin as an image does (which ends the reading of a device at once).
Bytes read_image_file(const std::string& path, std::size_t limit = max_image_size);

// The same for an open descriptor, a pipe for example; `name` is for errors.
Bytes read_image(int descriptor, const std::string& name, std::size_t limit = max_image_size);
void write_image(int descriptor, const std::string& name, std::span<const std::uint8_t> image);

}  // namespace sockcr
