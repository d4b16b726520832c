// The rules by name; each file of this folder holds what its name says.
#pragma once

#include "pcap/rule.h"

namespace sockcr::pcap::rules {

Rule no_reset();
Rule silent_gate();
Rule no_forged_segment();
Rule one_value();
Rule one_offer();
Rule delivered_once();
Rule no_early_ack();
Rule timestamps();
Rule window_edge();
Rule checksums();

// The time behind a closed gate, as packet numbers, both excluded: from the last frame of the mark
// gate-closed to the first frame of the gate-open after it (or the end of the capture).
// Throws SystemError when the capture has no mark gate-closed: then nothing can be judged.
struct Closed {
  std::size_t after = 0, before = 0;
  bool contains(std::size_t number) const { return number > after && number < before; }
};
std::vector<Closed> closed_gates(const Recording& recording);  // in their order, at least one

}  // namespace sockcr::pcap::rules
