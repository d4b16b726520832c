// A handshake one segment at a time, for timelines that stop in its middle.
#include <fmt/format.h>

#include "engine/sys/error.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/await.h"
#include "scenarios/language/kept.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// A socket that was bound before goes on; else a new one begins.
void connect_ours(World& world) {
  const Address target = address_for(world, Speaker::ours, netns::End::peer, peer_port);
  const auto bound = world.conversations.find(1);
  if (bound != world.conversations.end()) {
    const FileDescriptor socket = bound->second.ours.borrow();
    begin_to_connect(socket.get(), target);
    bound->second.ours_address = unmapped(local_end(socket.get()));
    bound->second.peer_address = unmapped(target);
    return;
  }
  const FileDescriptor socket = make_tcp_socket(target.family);
  begin_to_connect(socket.get(), target);
  Conversation& talk = world.begin(1, local_end(socket.get()), target, "ours", "peer");
  talk.ours.hold_in(world.subjects[1], socket.get());
}

void connect_client(World& world, const End& client) {
  const bool second = world.listeners.at(1).told.second_address;
  const Address target = second ? unmapped(second_address_for(world, ours_port))
                                : address_for(world, Speaker::peer, netns::End::ours, ours_port);
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  FileDescriptor socket = make_tcp_socket(target.family);
  begin_to_connect(socket.get(), target);
  Conversation& talk = world.begin(client.who().conversation, target, local_end(socket.get()),
                                   client.other(), client.name());
  talk.peer.hold(std::move(socket));
}

void accept_ours(World& world, const Who who) {
  const FileDescriptor& listener = world.peer_listener;
  await(
      world, "connections that the peer can accept", "1",
      [&] { return readable_within(listener.get(), Clock::duration::zero()); },
      [] { return std::string("none"); });
  FileDescriptor socket = accept_one(listener.get());
  Conversation& talk = world.conversation(who.conversation);
  const Address from = unmapped(remote_end(socket.get()));
  if (from != talk.ours_address) {
    throw Violation("whom the peer accepts", to_text(talk.ours_address), to_text(from));
  }
  talk.peer.hold(std::move(socket));
  world.peer_listener.reset();
}

}  // namespace

Step End::listens(At at) const {
  return {fmt::format("{} listens", name_),
          [](World& world) {
            const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
            world.peer_listener =
                listen_at(address_for(world, Speaker::peer, netns::End::peer, peer_port), 8);
          },
          at};
}

Step End::connects(At at) const {
  return {fmt::format("{} begins to connect", name_),
          [self = *this](World& world) {
            if (self.who_.speaker == Speaker::ours) {
              connect_ours(world);
            } else {
              connect_client(world, self);
            }
          },
          at};
}

Step End::accepts(At at) const {
  return {fmt::format("{} accepts what {} has connected", name_, other_),
          [who = who_](World& world) { accept_ours(world, who); }, at};
}

Step End::binds(const Binding& to, At at) const {
  return {fmt::format("{} makes a socket{}", name_, to.text()),
          [to](World& world) {
            const Address own =
                address_for(world, Speaker::ours, netns::End::ours, to.port ? ours_port : 0);
            const Address chosen = to.wildcard ? wildcard_for(world, own.port) : own;
            const FileDescriptor socket = make_tcp_socket(own.family);
            if (to.bound) bind_to(socket.get(), chosen);
            Conversation& talk = world.begin(1, local_end(socket.get()), {}, "ours", "peer");
            talk.ours.hold_in(world.subjects[1], socket.get());
          },
          at};
}

Step End::is_bound_to(const Binding& wanted, At at) const {
  return {fmt::format("{} is{}", name_, wanted.bound ? wanted.text() : " not bound"),
          [wanted, name = name_](World& world) {
            const Address now = local_end(world.conversation(1).ours.borrow().get());
            const Address own =
                address_for(world, Speaker::ours, netns::End::ours, wanted.port ? ours_port : 0);
            const bool any = wanted.wildcard || !wanted.bound;
            Address right = any ? wildcard_for(world, own.port) : own;
            if (wanted.bound && !wanted.port) right.port = now.port;
            if (now == right) return;
            throw Violation("address of " + name, to_text(right), to_text(now));
          },
          at};
}

Step End::retransmits_its_syn(At at) const {
  return {fmt::format("{} retransmits its SYN", name_),
          [who = who_](World& world) {
            await(
                world, "retransmissions of the SYN", "at least 1",
                [&] {
                  const auto kept = find_in_kernel(world, who);
                  return kept && kept->retransmits > 0;
                },
                [&] { return text_of(find_in_kernel(world, who)); });
          },
          at};
}

}  // namespace sockcr::scenario
