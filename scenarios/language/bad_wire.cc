// A wire that delivers, but not everything, not at once, not in order, or more than once. netem
// would do all of it; where the kernel has none, iptables and NFQUEUE do.
#include <fmt/format.h>

#include "netns/packet_queue.h"
#include "scenarios/language/fault_step.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Step queued(std::string text, netns::Disorder disorder, At at) {
  return {std::move(text),
          [disorder](World& world) {
            world.queue = std::make_unique<netns::PacketQueue>(netns::served_queue, disorder);
            world.faults.emplace_back(netns::FaultKind::queued, fault_family(world));
          },
          at, StepKind::laboratory};
}

}  // namespace

Step Wire::loses_some_of_what_peer_sends(At at) const {
  return fault("wire loses every fifth segment of what peer sends (iptables statistic)",
               netns::FaultKind::thinned, at);
}

Step Wire::doubles_what_ours_sends(At at) const {
  return fault("wire delivers twice what ours sends (iptables TEE)", netns::FaultKind::doubled, at);
}

Step Wire::delays_what_peer_sends(At at) const {
  return queued("wire delays what peer sends (NFQUEUE)", netns::Disorder::late, at);
}

Step Wire::disorders_what_peer_sends(At at) const {
  return queued("wire swaps the segments of what peer sends (NFQUEUE)", netns::Disorder::swapped,
                at);
}

}  // namespace sockcr::scenario
