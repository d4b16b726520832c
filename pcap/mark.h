// Phase marks: frames of a local experimental ethertype that order the phases of a cut among the
// packets without clocks. One mark is `count` frames, one from each CPU, because each CPU of the
// sender has its own queue into a veth device; the last of them seen counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pcap/address.h"
#include "pcap/packet.h"

namespace sockcr::pcap {

inline constexpr std::uint16_t mark_ether_type = 0x88b5;

// The names, as design and reports spell them.
namespace phase {
inline constexpr std::string_view gate_closed = "gate-closed";
inline constexpr std::string_view frozen = "frozen";
inline constexpr std::string_view checkpointed = "checkpointed";
inline constexpr std::string_view killed = "killed";
inline constexpr std::string_view restored = "restored";
inline constexpr std::string_view gate_open = "gate-open";
inline constexpr std::string_view resumed = "resumed";
}  // namespace phase

struct Mark {
  std::string name;          // at most 64 bytes
  std::uint16_t round = 1;   // 2 in the second of two cuts
  std::uint32_t serial = 0;  // the same in all frames of one mark, different in every other mark
  std::uint16_t index = 0;   // which of the frames, 0 .. count - 1
  std::uint16_t count = 1;

  bool operator==(const Mark&) const = default;
};

std::string to_text(const Mark& mark);  // "frozen", in the second cut "frozen 2"

// A whole broadcast frame, padded to Ethernet's 60 bytes.
std::vector<std::uint8_t> mark_frame(const Mark& mark, const MacAddress& source);

// The mark in `packet`, if it is one.
std::optional<Mark> mark_in(const Packet& packet);

}  // namespace sockcr::pcap
