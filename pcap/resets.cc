#include "pcap/resets.h"

#include <algorithm>

#include "pcap/decode.h"

namespace sockcr::pcap {

std::size_t count_resets(const Recording& recording) {
  const std::vector<Frame> frames = decode(recording.packets);
  return static_cast<std::size_t>(std::count_if(
      frames.begin(), frames.end(), [](const Frame& f) { return f.tcp && f.tcp->has(flag::rst); }));
}

}  // namespace sockcr::pcap
