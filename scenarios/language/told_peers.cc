#include "scenarios/language/told_peers.h"

#include "engine/gate/iptables_gate.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

ToldPeer told(World& world, Actor& actor, const Readdressing& moved) {
  Subject holder;
  holder.hold(actor.borrow().get());
  holder.exist();
  actor.hold({});
  const bool v6 = world.address_family() == AF_INET6;
  CutRequest request{.subjects = {holder.pid()}, .image_id = choose_image_id()};
  ToldPeer made{std::make_unique<IptablesGate>(
                    GateRequest{.image_id = request.image_id, .v4 = !v6, .v6 = v6}),
                engine_named(world.settings.engine).make()};
  made.gate->close();
  request.gate = made.gate.get();
  world.pause_counting();
  made.engine->freeze(request);
  made.engine->checkpoint();
  made.engine->kill();
  holder.was_killed();
  world.resume_counting();
  made.engine->readdress(moved.from, moved.to);
  made.engine->restore();
  actor.hold(FileDescriptor::duplicate_of(made.engine->sockets().front().socket));
  return made;
}

}  // namespace

void tell_peers(World& world) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  // What an earlier cut has restored is let go, and the gates of then open when those of now stand.
  for (ToldPeer& each : world.told_peers) each.engine.reset();
  std::vector<ToldPeer> now;
  for (auto& [number, talk] : world.conversations) {
    if (!talk.peer.is_open() || talk.peer.is_in_subject()) continue;
    now.push_back(told(world, talk.peer, *world.readdressing));
  }
  world.told_peers = std::move(now);
}

void open_gates_of_told_peers(World& world) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  for (ToldPeer& each : world.told_peers) each.gate->open();
}

void resume_told_peers(World& world) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  for (ToldPeer& each : world.told_peers) each.engine->resume();
  world.told_peers.clear();
}

}  // namespace sockcr::scenario
