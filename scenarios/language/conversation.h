// Two ends and what they say to each other. A case may have several, each judged by itself.
#pragma once

#include <optional>
#include <vector>

#include "engine/image/address.h"
#include "pcap/rule.h"
#include "scenarios/language/actor.h"

namespace sockcr::scenario {

// Never mapped, and of no device in particular.
inline Address wire_address(const Address& address) {
  Address shown = unmapped(address);
  shown.scope_id = 0;
  return shown;
}

struct Conversation {
  Actor ours, peer;
  Address ours_address, peer_address;   // as the wire shows them, but for `translated`
  std::optional<Address> translated{};  // of ours, as the wire shows it behind a firewall
  std::vector<Address> former{};        // of ours, where it has moved to another
  std::vector<pcap::ResetAllowance> allowed_resets{};
  // One side has broken it off, so that not everything that was written needs to arrive.
  bool broken_off = false;
  bool on_the_wire = true;

  bool is_between(const Address& local, const Address& remote) const {
    const Address own = wire_address(local);
    return (own == ours_address || own == translated) && wire_address(remote) == peer_address;
  }
};

// One end of one conversation.
struct Who {
  Speaker speaker = Speaker::ours;
  int conversation = 1;
};

}  // namespace sockcr::scenario
