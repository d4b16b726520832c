#include "scenarios/language/snapshot.h"

#include <fmt/format.h>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/handshake_text.h"
#include "scenarios/language/option_sweep.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

void look_at_options(const Actor& actor, Snapshot& seen) {
  for (const auto& [option, value] : sweep_options(actor.borrow().get())) {
    seen.emplace(fmt::format("{} of {}", option, actor.name()), value);
  }
}

void look_at(const Actor& actor, Snapshot& seen) {
  if (!actor.is_open()) return;
  seen[actor.name()] = to_text(actor.observe());
  look_at_options(actor, seen);
}

// Of one that talks to nobody.
void look_at_lonely(const Actor& actor, Snapshot& seen) {
  if (!actor.is_open()) return;
  const FileDescriptor socket = actor.borrow();
  const sockaddr_storage address = local_address(socket.get());
  if (address.ss_family != AF_UNIX) seen[actor.name()] = to_text(from_sockaddr(address));
  look_at_options(actor, seen);
}

// What was agreed on lives as long as the connection. (Over lo the segments are longer than
// TCP_MAXSEG can tell.)
void look_at_handshake(const Conversation& talk, Snapshot& seen) {
  if (!talk.ours.is_open() || !talk.on_the_wire) return;
  const FileDescriptor socket = talk.ours.borrow();
  const TcpState state = read_info(socket.get()).state;
  if (state == TcpState::close || state == TcpState::syn_sent) return;
  seen["what was agreed on with " + talk.peer.name()] = handshake_of(socket.get());
}

// Several listeners of one port look the same.
void note(Snapshot& seen, std::string what, std::string how) {
  while (seen.contains(what)) what += " again";
  seen.emplace(std::move(what), std::move(how));
}

}  // namespace

Snapshot look_at_ours(World& world) {
  Snapshot seen;
  for (const auto& [number, conversation] : world.conversations) {
    look_at(conversation.ours, seen);
    look_at_handshake(conversation, seen);
    if (conversation.peer.is_in_subject()) look_at(conversation.peer, seen);
  }
  for (const auto& [number, listener] : world.listeners) look_at(listener.actor, seen);
  for (const auto& [name, each] : world.correspondents) {
    if (each.speaker != Speaker::ours || !each.actor.is_open()) continue;
    seen[name] = seen_of(each);
    look_at_options(each.actor, seen);
  }
  for (const Actor& one : world.handful) look_at_lonely(one, seen);
  for (const auto& [name, each] : world.unix_actors) {
    if (!each.actor.is_open()) continue;
    seen[name] = seen_of(each);
    look_at_options(each.actor, seen);
  }
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::ours));
  for (const TcpDiag& diag : dump_tcp()) {
    // Newer kernels dump bound sockets too. Those have a descriptor and were looked at already.
    if (diag.state == TcpState::close) continue;
    note(seen,
         fmt::format("what sock_diag tells of {} > {}", to_text(diag.local), to_text(diag.remote)),
         fmt::format("{}, recv-q {}, send-q {}{}", to_text(diag.state), diag.receive_queue,
                     diag.send_queue, diag.inode == 0 ? ", nobody's" : ""));
  }
  return seen;
}

std::vector<SnapshotDifference> differences_of(const Snapshot& before, const Snapshot& after) {
  const auto text_in = [](const Snapshot& snapshot, const std::string& what) {
    const auto found = snapshot.find(what);
    return found == snapshot.end() ? std::string("nothing") : found->second;
  };
  std::map<std::string, SnapshotDifference> differences;
  for (const Snapshot* each : {&before, &after}) {
    for (const auto& [what, how] : *each) {
      const std::string was = text_in(before, what), is = text_in(after, what);
      if (was != is) differences[what] = {what, was, is};
    }
  }
  std::vector<SnapshotDifference> list;
  list.reserve(differences.size());
  for (auto& [what, difference] : differences) list.push_back(std::move(difference));
  return list;
}

void expect_same(const Snapshot& before, const Snapshot& after) {
  const auto differences = differences_of(before, after);
  if (differences.empty()) return;
  const auto& [what, was, is] = differences.front();
  throw Violation(what, was, is);
}

}  // namespace sockcr::scenario
