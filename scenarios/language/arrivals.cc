#include "scenarios/language/arrivals.h"

#include "engine/sys/setns.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

bool peer_has_a_socket(World& world) {
  return world.conversations.contains(1) && world.conversation(1).peer.is_open();
}

Segment keepalive_of(const Conversation& talk) {
  const FileDescriptor socket = talk.peer.borrow();
  enter_repair(socket.get(), Reuse::keep);
  const Sequence write_seq = read_queue_sequence(socket.get(), RepairQueue::send);
  const Sequence rcv_nxt = read_queue_sequence(socket.get(), RepairQueue::receive);
  leave_repair(socket.get(), WindowProbe::no);
  Segment keepalive{.from = talk.peer_address, .to = talk.ours_address};
  keepalive.seq = write_seq - read_counts(socket.get()).outq - 1;
  keepalive.ack = rcv_nxt;
  return keepalive;
}

Segment without_a_flag(World& world) {
  constexpr std::uint16_t strange_port = 7999;
  Segment segment;
  segment.from = address_for(world, Speaker::peer, netns::End::peer, strange_port);
  segment.to = world.conversations.contains(1) ? world.conversation(1).ours_address
                                               : unmapped(world.listeners.at(1).address);
  segment.flags = 0;
  return segment;
}

}  // namespace

Arrivals::Arrivals(World& world)
    : world_(world),
      of_a_socket_(peer_has_a_socket(world)),
      segment_(of_a_socket_ ? keepalive_of(world.conversation(1)) : without_a_flag(world)) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  if (of_a_socket_) world.conversation(1).peer.has_a_double = true;
  injector_ = std::make_unique<Injector>(world.address_family());
}

// A peer that has all of ours, the FIN included, is silent for good.
bool Arrivals::arrives_no_more() {
  if (!of_a_socket_) return gate_is_open_;
  const FileDescriptor socket = world_.conversation(1).peer.borrow();
  const TcpInfo info = read_info(socket.get());
  if (info.timestamps) {
    segment_.timestamps = {get_option(socket.get(), option::timestamp) & ~1U, 0};
  }
  return info.state == TcpState::close;
}

void Arrivals::arrive() {
  if (arrives_no_more()) return;
  injector_->send(segment_);
  world_.trace.remark("a packet of the peer arrives");
  ++count_;
}

}  // namespace sockcr::scenario
