// Two ends and what they say to each other. A case may have several, each judged by itself.
#pragma once

#include <vector>

#include "engine/image/address.h"
#include "pcap/rule.h"
#include "scenarios/language/actor.h"

namespace sockcr::scenario {

struct Conversation {
  Actor ours, peer;
  Address ours_address, peer_address;  // as the wire shows them: never mapped
  std::vector<Address> former{};       // of ours, where it has moved to another
  std::vector<pcap::ResetAllowance> allowed_resets{};
  // One side has broken it off, so that not everything that was written needs to arrive.
  bool broken_off = false;
  bool on_the_wire = true;

  bool is_between(const Address& local, const Address& remote) const {
    return unmapped(local) == ours_address && unmapped(remote) == peer_address;
  }
};

// One end of one conversation.
struct Who {
  Speaker speaker = Speaker::ours;
  int conversation = 1;
};

}  // namespace sockcr::scenario
