// A wire that delivers, but not everything, not at once, not in order, or more than once: by netem
// where the kernel has it, otherwise by iptables and NFQUEUE. A step says which it was.
#include <fmt/format.h>

#include "netns/packet_queue.h"
#include "scenarios/language/fault_step.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

void queue(World& world, netns::Disorder disorder) {
  world.queue = std::make_unique<netns::PacketQueue>(netns::served_queue, disorder);
  world.faults.emplace_back(netns::FaultKind::queued, fault_family(world));
}

// What else does it.
struct Substitute {
  std::string name;
  void (*act)(World& world);
};

Step impaired(std::string text, netns::End sender, netns::NetemKind kind,
              const Substitute& substitute, At at) {
  return {std::move(text),
          [=](World& world) {
            const netns::Netem netem = netns::netem_for(kind);
            world.netem = netns::NetemDevice::make(world.laboratory.inside(sender),
                                                   netns::Laboratory::device(sender), netem);
            if (world.netem) return world.tell("netem " + to_text(netem));
            world.tell(substitute.name + "; this kernel has no netem");
            substitute.act(world);
          },
          at, StepKind::laboratory};
}

}  // namespace

Step Wire::loses_some_of_what_peer_sends(At at) const {
  const auto thin = [](World& world) {
    world.faults.emplace_back(netns::FaultKind::thinned, fault_family(world));
  };
  return impaired("wire loses one in five segments of what peer sends", netns::End::peer,
                  netns::NetemKind::lossy, {"iptables statistic", thin}, at);
}

Step Wire::doubles_what_ours_sends(At at) const {
  const auto double_all = [](World& world) {
    world.faults.emplace_back(netns::FaultKind::doubled, fault_family(world));
  };
  return impaired("wire delivers twice what ours sends", netns::End::ours, netns::NetemKind::twice,
                  {"iptables TEE", double_all}, at);
}

Step Wire::delays_what_peer_sends(At at) const {
  const auto delay = [](World& world) { queue(world, netns::Disorder::late); };
  return impaired("wire delays what peer sends", netns::End::peer, netns::NetemKind::late,
                  {"NFQUEUE", delay}, at);
}

// netem would do it in front of the witness, who then could not tell it from a clock that steps
// back; a queue of ours' firewall stands behind him.
Step Wire::disorders_what_peer_sends(At at) const {
  return {"wire swaps the segments of what peer sends",
          [](World& world) {
            world.tell("NFQUEUE");
            queue(world, netns::Disorder::swapped);
          },
          at, StepKind::laboratory};
}

}  // namespace sockcr::scenario
