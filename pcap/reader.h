// Reading network byte order out of bytes that nobody vouches for. A read past the end gives zeros
// and makes the reader `failed()` for good, so that a parser asks once instead of before each
// field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sockcr::pcap {

using Bytes = std::span<const std::uint8_t>;

class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  Bytes rest() const { return rest_; }

  Bytes take(std::size_t length) {
    if (length > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const Bytes taken = rest_.first(length);
    rest_ = rest_.subspan(length);
    return taken;
  }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }

 private:
  std::uint32_t number(std::size_t length) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(length)) value = value << 8 | byte;
    return value;
  }

  Bytes rest_;
  bool failed_ = false;
};

}  // namespace sockcr::pcap
