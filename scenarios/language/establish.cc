#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/await.h"
#include "scenarios/language/connect_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// Enough for the receive window to grow past the one of the handshake: a window that is not
// restored then shows as one that has shrunk.
constexpr std::size_t warm_up_bytes = 60'000;

struct Connection {
  FileDescriptor ours, peer;
};

// Returns when the SYN is on its way, with `bytes` of what who connects writes.
void send_syn(World& world, int socket, const Address& target, Speaker who, std::size_t bytes) {
  if (bytes == 0) return begin_to_connect(socket, target);
  const std::vector<std::uint8_t> first = content(world.settings.seed, who, 0, bytes);
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(target, storage);
  call(
      "sendto",
      [&] {
        return ::sendto(socket, first.data(), bytes, MSG_FASTOPEN,
                        reinterpret_cast<const sockaddr*>(&storage), length);
      },
      [&] {
        return fmt::format("{}, {} bytes, MSG_FASTOPEN, {}", socket, bytes, to_text(target));
      });
}

// Each socket is made in its own end's namespace, and belongs to it for ever.
Connection ours_connects(World& world, const Ingredient& ingredient) {
  const Address target = address_for(world, Speaker::ours, netns::End::peer, peer_port);
  const Address own = address_for(world, Speaker::peer, netns::End::ours, 0);
  Connection made{.ours = make_stream_socket(target.family, ingredient.protocol), .peer = {}};
  ingredient.ours(made.ours.get(), target);
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  const FileDescriptor listener =
      listen_at(address_for(world, Speaker::peer, netns::End::peer, peer_port), 1,
                [&](int socket) { ingredient.peer(socket, own); });
  send_syn(world, made.ours.get(), target, Speaker::ours, ingredient.in_the_syn);
  made.peer = accept_from(world, listener);
  return made;
}

Connection peer_connects(World& world, const Ingredient& ingredient) {
  const Address target = address_for(world, Speaker::peer, netns::End::ours, ours_port);
  const Address other = address_for(world, Speaker::ours, netns::End::peer, 0);
  const FileDescriptor listener =
      listen_at(address_for(world, Speaker::ours, netns::End::ours, ours_port), 1,
                [&](int socket) { ingredient.ours(socket, other); });
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  Connection made{.ours = {}, .peer = make_tcp_socket(target.family)};
  ingredient.peer(made.peer.get(), target);
  send_syn(world, made.peer.get(), target, Speaker::peer, ingredient.in_the_syn);
  made.ours = accept_from(world, listener);
  return made;
}

void expect(bool holds, std::string_view what, std::string_view expected, std::string_view actual) {
  if (!holds) throw Violation(what, expected, actual);
}

// A variant cannot lie: what its name says is read from the socket.
void keeps_promises(const Variant& v, const Ingredient& ingredient, int socket) {
  const int domain = get_option(socket, option::domain);
  const Address local = local_end(socket);
  expect(domain == (v.family == Family::v4 ? AF_INET : AF_INET6), "domain of ours",
         to_text(v.family), fmt::format("{}", domain));
  expect(is_mapped(local) == (v.family == Family::mapped), "address of ours", to_text(v.family),
         to_text(local));
  expect((local.port == ours_port) == (v.side == Side::passive), "side of ours", to_text(v.side),
         fmt::format("port {}", local.port));
  const TcpInfo info = read_info(socket);
  expect(info.timestamps == (v.options == Options::ts), "time stamps", to_text(v.options),
         info.timestamps ? "negotiated" : "not negotiated");
  expect(info.syn_data == (ingredient.in_the_syn != 0), "bytes in the SYN",
         ingredient.in_the_syn != 0 ? "taken" : "none", info.syn_data ? "taken" : "not taken");
  if (!ingredient.usual_handshake) return;
  expect(info.sack, "SACK", "negotiated", "not negotiated");
  expect(info.snd_wscale != info.rcv_wscale, "window scales", "unequal",
         fmt::format("both {}", info.snd_wscale));
}

}  // namespace

FileDescriptor accept_from(World& world, const FileDescriptor& from) {
  await(
      world, "connections to accept", "1",
      [&] { return readable_within(from.get(), Clock::duration::zero()); },
      [] { return std::string("none"); });
  return accept_one(from.get());
}

void connect_ends(World& world, const Ingredient& ingredient) {
  const Variant& v = world.settings.variant;
  Connection made =
      v.side == Side::active ? ours_connects(world, ingredient) : peer_connects(world, ingredient);
  keeps_promises(v, ingredient, made.ours.get());
  Conversation& talk =
      world.begin(1, local_end(made.ours.get()), local_end(made.peer.get()), "ours", "peer");
  talk.peer.hold(std::move(made.peer));
  talk.ours.hold_in(world.subjects[1], made.ours.get());
  (v.side == Side::active ? talk.ours : talk.peer).written = ingredient.in_the_syn;
}

std::string families_of(const Variant& v) {
  switch (v.family) {
    case Family::v4:
      return "IPv4";
    case Family::v6:
      return "IPv6";
    case Family::mapped:
      return "IPv4 in IPv6";
  }
  return "?";
}

Steps warm_up(At at) {
  return {
      ours.writes(some_bytes, at),
      peer.reads_all(at),
      peer.writes(warm_up_bytes, at),
      ours.reads_all(at),
      ours.is_in(TcpState::established, at),
      // Nothing may be in flight when the queues of the variant are filled.
      ours.has_unacked(0, at),
      peer.has_unacked(0, at),
  };
}

// A number that repair mode has left is not chosen anew (tcp_v4_connect).
Special chooses_first_number(const Variant& v, Sequence isn) {
  const auto choose = [isn](int socket) {
    enter_repair(socket, Reuse::keep);
    write_queue_sequence(socket, RepairQueue::send, isn);
    leave_repair(socket, WindowProbe::no);
  };
  Special special{.text = ", and chooses its first sequence number"};
  (v.side == Side::active ? special.ours : special.peer) = choose;
  return special;
}

Steps establish(const Variant& v, At at) { return establish(v, Special{}, at); }

Steps establish(const Variant& v, const Special& special, At at) {
  Ingredient ingredient;
  if (special.ours)
    ingredient.ours = [special](int socket, const Address&) { special.ours(socket); };
  if (special.peer)
    ingredient.peer = [special](int socket, const Address&) { special.peer(socket); };
  ingredient.usual_handshake = special.usual_handshake;
  ingredient.in_the_syn = special.in_the_syn;
  return {
      Step{fmt::format("establish over {}, {} connects, {} time stamps{}", families_of(v),
                       v.side == Side::active ? "ours" : "peer",
                       v.options == Options::ts ? "with" : "without", special.text),
           [ingredient](World& world) { connect_ends(world, ingredient); }, at},
      warm_up(at),
  };
}

}  // namespace sockcr::scenario
