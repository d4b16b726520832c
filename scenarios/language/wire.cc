#include <fmt/format.h>

#include "engine/sys/socket.h"
#include "engine/tcp/repair.h"
#include "netns/address.h"
#include "netns/neighbour.h"
#include "netns/route.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/await.h"
#include "scenarios/language/fault_step.h"
#include "scenarios/language/told_peers.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// The number of the next byte that it writes.
Sequence write_seq(const Actor& actor) {
  const FileDescriptor socket = actor.borrow();
  enter_repair(socket.get(), Reuse::keep);
  const Sequence next = read_queue_sequence(socket.get(), RepairQueue::send);
  leave_repair(socket.get(), WindowProbe::no);
  return next;
}

// A fault for the segments of one actor, by their numbers.
Step numbered_fault(std::string text, netns::FaultKind kind, Who who, std::size_t behind, At at) {
  return {std::move(text),
          [=](World& world) {
            world.faults.emplace_back(
                kind, fault_family(world), IptablesVariant::standard,
                write_seq(world.actor(who)) + static_cast<std::uint32_t>(behind));
          },
          at, StepKind::laboratory};
}

bool byte_is_due(const Conversation& talk) {
  if (!talk.peer.is_open() || talk.broken_off || !talk.on_the_wire) return false;
  const Observed peer_now = talk.peer.observe();
  const bool byte = talk.ours.written > talk.peer.read + peer_now.queues.inq;
  const bool fin = talk.ours.has_shut_down && !has_received_fin(peer_now.state);
  return byte || fin;
}

// "192.0.2.77", "2001:db8::4d"
std::string second_address_text(const World& world) {
  sockaddr_storage storage{};
  to_sockaddr(unmapped(second_address_for(world, 0)), storage);
  return pcap::to_text(pcap::endpoint_of(storage).address);
}

std::string with_prefix(const World& world, const std::string& address) {
  return address + (world.settings.variant.family == Family::v6 ? "/64" : "/24");
}

}  // namespace

Step Wire::loses_what_ours_sends(At at) const {
  return fault("wire loses what ours sends", netns::FaultKind::lost, at);
}

Step Wire::loses_what_ours_sends_behind(std::size_t bytes, At at) const {
  return numbered_fault(fmt::format("wire loses what ours sends behind {} bytes more", bytes),
                        netns::FaultKind::lost_from, ours.who(), bytes, at);
}

Step Wire::loses_what_peer_sends(At at) const {
  return fault("wire loses what peer sends", netns::FaultKind::unacked, at);
}

Step Wire::loses_all_but_syns_of_peer(At at) const {
  return fault("wire loses all but the SYNs of what peer sends", netns::FaultKind::half_open, at);
}

Step Wire::refuses_what_ours_sends(At at) const {
  return fault("wire refuses what ours sends", netns::FaultKind::refused, at);
}

Step Wire::is_narrow_for_ours(unsigned bytes, At at) const {
  return {fmt::format("the path of what ours sends carries {} bytes in a packet", bytes),
          [bytes](World& world) {
            using netns::End, netns::Laboratory;
            for (const NetworkNamespace* where : world.laboratory.everywhere()) {
              if (where == &world.laboratory.inside(End::peer)) continue;
              const NetworkNamespace::Scope inside(*where);
              netns::add_narrow_route(Laboratory::device(End::ours),
                                      Laboratory::address_text(End::peer, world.address_family()),
                                      bytes);
            }
          },
          at, StepKind::laboratory};
}

Step Wire::loses_the_next_segment_of_peer(At at) const {
  return numbered_fault("wire loses the next segment of peer, as often as it is sent",
                        netns::FaultKind::hole, peer.who(), 0, at);
}

Step SecondAddress::comes(At at) const {
  return {"ours gets a second address",
          [](World& world) {
            const std::string address = second_address_text(world);
            netns::add_address(netns::Laboratory::device(netns::End::ours),
                               with_prefix(world, address));
            netns::await_local_route(address);
            const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
            netns::add_neighbour(netns::Laboratory::device(netns::End::peer), address,
                                 world.laboratory.mac_now(netns::End::ours));
          },
          at, StepKind::laboratory};
}

Step SecondAddress::goes(At at) const {
  return {"ours loses its second address",
          [](World& world) {
            netns::remove_address(netns::Laboratory::device(netns::End::ours),
                                  with_prefix(world, second_address_text(world)));
          },
          at, StepKind::laboratory};
}

Step ours_is_seen_at_its_second_address(At at) {
  return {"peer sees ours at its second address",
          [](World& world) {
            Conversation& talk = world.conversation(1);
            const Address seen = unmapped(remote_end(talk.peer.borrow().get()));
            const Address wanted = unmapped(second_address_for(world, seen.port));
            if (seen != wanted || seen == talk.ours_address) {
              throw Violation("address of ours on the wire", to_text(wanted), to_text(seen));
            }
            talk.translated = seen;
          },
          at, StepKind::laboratory};
}

Step GateWords::closes(At at) const {
  return {"gate closes",
          [](World& world) {
            world.queue.reset();  // whoever waits there comes no more
            world.gate().close();
            // A fault has done its work; behind the closed gate nobody sees it go.
            world.netem.reset();
            world.faults.clear();
            world.mark(pcap::phase::gate_closed);
          },
          at, StepKind::laboratory};
}

Step GateWords::opens(At at) const {
  return {"gate opens",
          [](World& world) {
            for (const auto& [number, talk] : world.conversations) {
              world.byte_is_due |= byte_is_due(talk);
            }
            world.mark(pcap::phase::gate_open);
            open_gates_of_told_peers(world);
            if (world.arrivals) world.arrivals->gate_opens();
            world.gate().open();
          },
          at, StepKind::laboratory};
}

}  // namespace sockcr::scenario
