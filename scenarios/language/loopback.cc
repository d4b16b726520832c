#include <fmt/format.h>

#include "scenarios/language/connect_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// Nothing of it is on the wire, so that the witness can only say that nothing was; what arrives is
// compared by those who read it, and the counters tell of resets.
void connect_over_loopback(World& world, int subject_of_peer) {
  const Address target = address_for(world, Speaker::ours, netns::End::ours, peer_port);
  const FileDescriptor listener = listen_at(target, 1);
  const FileDescriptor ours = make_tcp_socket(target.family);
  begin_to_connect(ours.get(), target);
  const FileDescriptor peer = accept_from(world, listener);
  Conversation& talk = world.begin(1, local_end(ours.get()), local_end(peer.get()), "ours", "peer");
  talk.on_the_wire = false;
  talk.ours.hold_in(world.subjects[1], ours.get());
  talk.peer.hold_in(world.subjects[subject_of_peer], peer.get());
}

}  // namespace

Steps establish_over_loopback(const Variant& v, int subject_of_peer, At at) {
  return {
      Step{fmt::format("establish over {} loopback, both ends in {}", families_of(v),
                       subject_of_peer == 1 ? "one process" : "processes of their own"),
           [subject_of_peer](World& world) { connect_over_loopback(world, subject_of_peer); }, at},
      warm_up(at),
  };
}

}  // namespace sockcr::scenario
