#include "pcap/mark.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <stdexcept>

namespace sockcr::pcap {
namespace {

constexpr std::array<std::uint8_t, 8> magic = {'s', 'o', 'c', 'k', 'c', 'r', 'm', '1'};
constexpr std::size_t name_limit = 64;
constexpr std::size_t least_frame = 60;

void put(std::vector<std::uint8_t>& frame, std::uint32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    frame.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

template <class Range>
void put(std::vector<std::uint8_t>& frame, const Range& range) {
  frame.insert(frame.end(), range.begin(), range.end());
}

}  // namespace

std::string to_text(const Mark& mark) {
  return mark.round > 1 ? fmt::format("{} {}", mark.name, mark.round) : mark.name;
}

// | destination 6 | source 6 | type 2 | magic 8 | serial 4 | round 2 | index 2 | count 2 | n 1 |
// name
std::vector<std::uint8_t> mark_frame(const Mark& mark, const MacAddress& source) {
  if (mark.name.size() > name_limit) throw std::invalid_argument("mark name: " + mark.name);
  std::vector<std::uint8_t> frame(6, 0xff);
  put(frame, source.bytes);
  put(frame, mark_ether_type, 2);
  put(frame, magic);
  put(frame, mark.serial, 4);
  put(frame, mark.round, 2);
  put(frame, mark.index, 2);
  put(frame, mark.count, 2);
  put(frame, static_cast<std::uint32_t>(mark.name.size()), 1);
  put(frame, mark.name);
  frame.resize(std::max(frame.size(), least_frame));
  return frame;
}

std::optional<Mark> mark_in(const Packet& packet) {
  Reader reader(packet.bytes);
  reader.take(12);
  if (reader.u16() != mark_ether_type) return std::nullopt;
  const Bytes found = reader.take(magic.size());
  if (!std::equal(found.begin(), found.end(), magic.begin(), magic.end())) return std::nullopt;
  Mark mark;
  mark.serial = reader.u32();
  mark.round = reader.u16();
  mark.index = reader.u16();
  mark.count = reader.u16();
  const Bytes name = reader.take(reader.u8());
  mark.name.assign(name.begin(), name.end());
  if (reader.failed() || mark.index >= mark.count) return std::nullopt;
  return mark;
}

}  // namespace sockcr::pcap
