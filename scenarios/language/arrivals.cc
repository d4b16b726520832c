#include "scenarios/language/arrivals.h"

#include "engine/sys/setns.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

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

}  // namespace

Arrivals::Arrivals(World& world) : world_(world), keepalive_(keepalive_of(world.conversation(1))) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  injector_ = std::make_unique<Injector>(world.address_family());
}

void Arrivals::arrive() {
  const FileDescriptor socket = world_.conversation(1).peer.borrow();
  if (read_info(socket.get()).timestamps) {
    keepalive_.timestamps = {get_option(socket.get(), option::timestamp) & ~1U, 0};
  }
  injector_->send(keepalive_);
  world_.trace.remark("a packet of the peer arrives");
  ++count_;
}

}  // namespace sockcr::scenario
