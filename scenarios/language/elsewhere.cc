#include "scenarios/language/elsewhere.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "netns/address.h"
#include "netns/announcement.h"
#include "netns/neighbour.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using netns::Laboratory;

// Where ours is to be found now.
Address host_of_ours(const World& world) {
  Address host = address_for(world, Speaker::peer, netns::End::ours, 0);
  const bool is_away = world.laboratory.place() == netns::Place::away;
  if (world.settings.new_address() && is_away) host.bytes[host.family == AF_INET6 ? 15 : 3] = 3;
  return host;
}

std::string known_to_the_peer(const World& world, const std::string& address) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  const auto mac = netns::neighbour(Laboratory::device(netns::End::peer), address);
  return mac ? pcap::to_text(pcap::MacAddress{*mac}) : "nobody";
}

std::string now_of_ours(const World& world) {
  return pcap::to_text(pcap::MacAddress{world.laboratory.mac_now(netns::End::ours)});
}

// Who hears of an address for the first time asks by itself who has it.
void announce_ours(World& world) {
  if (world.settings.new_address()) return;
  const std::string address = host_text(host_of_ours(world));
  const bool heard = poll_until(world.patience(std::chrono::seconds(2)), [&] {
    world.capture.drain();
    netns::announce(Laboratory::device(netns::End::ours), address);
    return known_to_the_peer(world, address) == now_of_ours(world);
  });
  if (heard) return;
  throw SystemError(
      "announcement",
      fmt::format("the peer still finds {} at {}", address, known_to_the_peer(world, address)),
      ETIMEDOUT);
}

void expect_nothing_left() {
  std::string left;
  for (const TcpDiag& diag : dump_tcp()) {
    left += fmt::format("{}{} > {} in {}", left.empty() ? "" : ", ", to_text(diag.local),
                        to_text(diag.remote), to_text(diag.state));
  }
  if (!left.empty()) throw Violation("what stays behind when ours moves", "nothing", left);
}

// The place away has had that of home so far.
void take_new_address(const World& world) {
  const bool v6 = world.address_family() == AF_INET6;
  const std::string device = Laboratory::device(netns::End::ours), prefix = v6 ? "/64" : "/24";
  const std::string address = host_text(host_of_ours(world));
  netns::remove_address(
      device, Laboratory::address_text(netns::End::ours, world.address_family()) + prefix);
  netns::add_address(device, address + prefix);
  netns::await_local_route(address);
}

void close_gate_and_plug_in(World& world) {
  if (world.settings.scenery.link_gate) return;  // its opening is what plugs it in
  world.gate().close();
  world.laboratory.plug_in();
  announce_ours(world);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

// What was known of ours by its address is known by the new one.
void rename_ours(World& world) {
  const auto& [from, to] = *world.readdressing;
  for (auto& [number, talk] : world.conversations) {
    talk.former.push_back(talk.ours_address);
    talk.ours_address.bytes = to.bytes;
  }
  Snapshot before;
  for (const auto& [what, how] : world.before_cut) {
    before.emplace(replaced(what, host_text(from), host_text(to)), how);
  }
  world.before_cut = std::move(before);
}

void readdress_ours(World& world, const Address& from) {
  world.readdressing = {from, host_of_ours(world)};
  rename_ours(world);
  for (Parcel& parcel : world.parcels) parcel.engine->readdress(from, world.readdressing->to);
}

// SO_NETNS_COOKIE, for headers that are older.
std::optional<std::uint64_t> namespace_of(int socket) {
  constexpr int netns_cookie = 71;
  std::uint64_t cookie = 0;
  socklen_t length = sizeof cookie;
  if (::getsockopt(socket, SOL_SOCKET, netns_cookie, &cookie, &length) != 0) return std::nullopt;
  return cookie;
}

void expect_here(const Actor& actor) {
  if (!actor.is_in_subject()) return;
  const FileDescriptor held = actor.borrow(), made_here = make_tcp_socket(AF_INET);
  if (namespace_of(held.get()) == namespace_of(made_here.get())) return;
  throw Violation("namespace of " + actor.name(), "the one that ours moved to", "another");
}

}  // namespace

void move_ours(World& world) {
  expect_nothing_left();
  const Address from = host_of_ours(world);
  world.laboratory.unplug();
  world.laboratory.move();
  world.follow_ours();
  const bool is_away = world.laboratory.place() == netns::Place::away;
  if (world.settings.new_address()) {
    if (is_away) take_new_address(world);
    readdress_ours(world, from);
  }
  close_gate_and_plug_in(world);
}

void expect_ours_here(World& world) {
  for (const auto& [number, talk] : world.conversations) {
    expect_here(talk.ours);
    expect_here(talk.peer);
  }
  for (const auto& [number, each] : world.listeners) expect_here(each.actor);
  for (const auto& [name, each] : world.correspondents) expect_here(each.actor);
  for (const auto& [name, each] : world.unix_actors) expect_here(each.actor);
}

void LinkGate::close() {
  world_.laboratory.unplug();
  closed_ = true;
}

void LinkGate::open() {
  world_.laboratory.plug_in();
  announce_ours(world_);
  closed_ = false;
}

Step peer_finds_ours(At at) {
  return {"peer finds ours where it is now",
          [](World& world) {
            const std::string address = host_text(host_of_ours(world));
            const std::string known = known_to_the_peer(world, address);
            if (known == now_of_ours(world)) return;
            throw Violation("where the peer finds " + address, now_of_ours(world), known);
          },
          at};
}

}  // namespace sockcr::scenario
