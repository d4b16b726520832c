#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "pcap/mark.h"
#include "pcap/packet.h"

namespace sockcr::pcap {

// Where the frames of one mark stand in a recording, as packet numbers.
struct MarkSpan {
  Mark mark;               // of the last frame
  std::size_t first = 0;   // the first of its frames
  std::size_t last = 0;    // the last one: from here on the phase holds
  std::size_t frames = 0;  // how many were seen; mark.count when all

  bool operator==(const MarkSpan&) const = default;
};

// A finished capture: a plain value. packets[i].number == i + 1.
struct Recording {
  std::vector<Packet> packets;
  std::vector<MarkSpan> marks;  // in the order of their first frames

  // Numbers the packets and finds the marks among them.
  static Recording of(std::vector<Packet> packets);

  const Packet& packet(std::size_t number) const { return packets.at(number - 1); }
  // The first or the last mark of that name; null when there is none.
  const MarkSpan* first_mark(std::string_view name) const;
  const MarkSpan* last_mark(std::string_view name) const;
};

}  // namespace sockcr::pcap
