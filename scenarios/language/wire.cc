#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Step fault(std::string text, netns::FaultKind kind, At at) {
  return {std::move(text),
          [kind](World& world) {
            const bool v6 = world.settings.variant.family == Family::v6;
            world.faults.emplace_back(kind, v6 ? netns::FaultFamily::v6 : netns::FaultFamily::v4);
          },
          at, StepKind::laboratory};
}

bool byte_is_due(const World& world) {
  const Observed peer_now = world.peer.observe();
  const bool byte = world.ours.written > world.peer.read + peer_now.queues.inq;
  const bool fin = world.ours.has_shut_down && !has_received_fin(peer_now.state);
  return byte || fin;
}

}  // namespace

Step Wire::loses_what_ours_sends(At at) const {
  return fault("wire loses what ours sends", netns::FaultKind::lost, at);
}

Step Wire::loses_what_peer_sends(At at) const {
  return fault("wire loses what peer sends", netns::FaultKind::unacked, at);
}

Step Wire::refuses_what_ours_sends(At at) const {
  return fault("wire refuses what ours sends", netns::FaultKind::refused, at);
}

Step GateWords::closes(At at) const {
  return {"gate closes",
          [](World& world) {
            world.gate.close();
            // A fault has done its work; behind the closed gate nobody sees it go.
            world.faults.clear();
            world.mark(pcap::phase::gate_closed);
          },
          at, StepKind::laboratory};
}

Step GateWords::opens(At at) const {
  return {"gate opens",
          [](World& world) {
            world.byte_is_due = byte_is_due(world);
            world.mark(pcap::phase::gate_open);
            world.gate.open();
          },
          at, StepKind::laboratory};
}

}  // namespace sockcr::scenario
