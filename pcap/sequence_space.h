#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace sockcr::pcap {

// What stands at each place of one sender's sequence space: a byte, the SYN or the FIN. Places are
// 64-bit offsets from the ISN (SYN 0, first byte 1), so that they never wrap. Memory grows with the
// places that were used, not with their distance.
class SequenceSpace {
 public:
  using Value = std::uint16_t;  // 0 .. 255, or
  static constexpr Value syn = 256;
  static constexpr Value fin = 257;

  // Puts `value` at `offset` where nothing stood, and returns what stood there.
  std::optional<Value> put(std::int64_t offset, Value value);
  std::optional<Value> at(std::int64_t offset) const;

 private:
  static constexpr std::int64_t page_size = 4096;
  static constexpr Value nothing = 0xffff;
  using Page = std::array<Value, page_size>;

  std::map<std::int64_t, Page> pages_;
};

}  // namespace sockcr::pcap
