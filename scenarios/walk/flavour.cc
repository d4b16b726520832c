#include "scenarios/walk/flavour.h"

#include <array>

namespace sockcr::scenario {
namespace {

using Sysctls = std::vector<netns::SysctlOverride>;

#define SYSCTLS(...)                                                    \
  {                                                                     \
#__VA_ARGS__, [](const Variant&) -> Sysctls { return __VA_ARGS__; } \
  }
#define SCENERY(...)                                                    \
  {                                                                     \
#__VA_ARGS__, [](const Variant&) -> Scenery { return __VA_ARGS__; } \
  }
#define BEGIN(...)                \
  [](const Variant& v) -> Lines { \
    static_cast<void>(v);         \
    return {__VA_ARGS__};         \
  }
#define SAY(...) SOCKCR_LINE(__VA_ARGS__)
#define STILL(...) []() -> Lines { return {__VA_ARGS__}; }

constexpr Stage connected = Stage::connected, connecting = Stage::connecting,
                requested = Stage::requested, listening = Stage::listening;

// What the handshake agrees on, and where sockets are bound.
const Flavour of_handshakes[]{
    {"plain", 125, connected, BEGIN(SAY(establish(v))), {.is_plain = true}},
    {.name = "device",
     .weight = 7,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, keeps_to_its_device()))),
     .still = STILL(SAY(ours.is_kept_to_its_device()))},
    {.name = "own port",
     .weight = 3,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, binds_before_it_connects()))),
     .traits = {.is_plain = true},
     .side = Side::active,
     .still = STILL(SAY(ours.is_at_the_port_of_its_choice()))},
    {.name = "shared port",
     .weight = 10,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, shares_its_port())), SAY(ours_connects_again_from_its_port()),
                    SAY(client(2).writes(100)), SAY(child(2).has_unread(100))),
     .traits = {.shared = true},
     .side = Side::active,
     .still = STILL(SAY(ours.has_set(option::reuse_address, 1)))},
    {.name = "link local",
     .weight = 7,
     .stage = connected,
     .begin = BEGIN(SAY(both_are_known_by_their_link()), SAY(establish(v))),
     .family = Family::v6,
     .still = STILL(SAY(ours.is_kept_to_its_device()))},
    {"small buffer", 2, connected,
     BEGIN(SAY(establish(
         v, {.text = ", ours with a small buffer",
             .ours = [](int socket) { set_option(socket, option::receive_buffer, 32'000); },
             .usual_handshake = false})))},
    {.name = "large windows",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, {.usual_handshake = false}))),
     .sysctls = SYSCTLS({{"net.ipv4.tcp_rmem", "4096 131072 1073741824", netns::End::ours}})},
    {.name = "equal windows",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, {.usual_handshake = false}))),
     .sysctls = SYSCTLS({{"net.ipv4.tcp_rmem", "4096 131072 33554432"}})},
    {.name = "no window scale",
     .weight = 11,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, {.usual_handshake = false}))),
     .sysctls = SYSCTLS({{"net.ipv4.tcp_window_scaling", "0", netns::End::peer}})},
    {.name = "no SACK",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, {.usual_handshake = false}))),
     .traits = {.sacks = false},
     .sysctls = SYSCTLS({{"net.ipv4.tcp_sack", "0", netns::End::peer}})},
    {"MSS 536",
     2,
     connected,
     BEGIN(
         SAY(establish(v, {.text = ", the peer's MSS 536",
                           .peer = [](int socket) { set_option(socket, option::max_segment, 536); },
                           .usual_handshake = false}))),
     {.tiny_segments = true}},
    {"MSS 88",
     1,
     connected,
     BEGIN(
         SAY(establish(v, {.text = ", the peer's MSS 88",
                           .peer = [](int socket) { set_option(socket, option::max_segment, 88); },
                           .usual_handshake = false}))),
     {.tiny_segments = true}},
    {.name = "long segments",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v))),
     .scenery = SCENERY({.mtu = 9100})},
    {"narrow path",
     2,
     connected,
     BEGIN(SAY(wire.is_narrow_for_ours(1000)), SAY(establish(v))),
     {.tiny_segments = true}},
    {.name = "ECN",
     .weight = 1,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v))),
     .sysctls = SYSCTLS({{"net.ipv4.tcp_ecn", "1"}})},
    {.name = "fast open",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, writes_into_its_syn(v)))),
     .sysctls = SYSCTLS(sysctls_of_fast_open())},
    {"signed",
     12,
     connected,
     BEGIN(SAY(establish_signed(v))),
     {.is_signed = true},
     {},
     {},
     Options::nots},
};

// Numbers that wrap, clocks that leap. 3000 bytes are written by ours when it is established, and
// 60,000 by the peer.
const Flavour of_numbers[]{
    {.name = "sequence near its wrap",
     .weight = 20,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, chooses_first_number(v, 0U - 3051)))),
     .traits = {.wraps = true},
     .side = Side::active},
    {.name = "sequence of peer near its wrap",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, chooses_first_number(v, 0U - 60'051)))),
     .side = Side::passive},
    {.name = "sequence at its wrap",
     .weight = 1,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v, chooses_first_number(v, 0U - 3001)))),
     .side = Side::active},
    {.name = "microseconds",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v)), SAY(ours.counts_in_microseconds()), SAY(talk(ours, peer))),
     .traits = {.odd_clock = true},
     .options = Options::ts},
    {.name = "clock near its wrap",
     .weight = 3,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v)), SAY(comes_near_its_wrap(ours, peer, 60))),
     .traits = {.odd_clock = true},
     .options = Options::ts},
    {.name = "clock behind its wrap",
     .weight = 8,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v)), SAY(comes_near_its_wrap(ours, peer, 60)),
                    SAY(ours.sees_its_clock_wrap()), SAY(talk(ours, peer))),
     .traits = {.odd_clock = true},
     .options = Options::ts},
    {.name = "clock of peer near its wrap",
     .weight = 1,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v)), SAY(comes_near_its_wrap(peer, ours, 60))),
     .traits = {.odd_clock = true},
     .options = Options::ts},
    {.name = "shrinking window",
     .weight = 12,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v)), SAY(ours.sets(option::receive_buffer, 4096)),
                    SAY(peer.writes_until_its_window_shrinks("6.6")), SAY(peer.writes(3000))),
     .traits = {.shrinks = true},
     .sysctls = SYSCTLS({{"net.ipv4.tcp_shrink_window", "1", netns::End::ours}})},
};

// Ours has closed first, and waits for the peer's FIN no longer than it was told to; or has it, and
// its ACK is lost.
const Flavour of_orphans[]{
    {.name = "short wait",
     .weight = 16,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v)), SAY(ours.lingers_in_fin_wait2(20)), SAY(ours.closes()),
                    SAY(ours.is_kept_in(TcpState::fin_wait2))),
     .traits = {.is_orphan = true}},
};

// Where it is played.
const Flavour of_places[]{
    {.name = "moves",
     .weight = 7,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v))),
     .traits = {.moves = true},
     .scenery = SCENERY({.always_moves = true})},
    {.name = "moves by its cable",
     .weight = 2,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v))),
     .traits = {.moves = true, .link_gate = true},
     .scenery = SCENERY({.always_moves = true, .link_gate = true})},
    {.name = "moves to another address",
     .weight = 10,
     .stage = connected,
     .begin = BEGIN(SAY(establish(v))),
     .traits = {.moves = true, .readdressed = true},
     .scenery = SCENERY({.always_moves = true, .new_address = true})},
    {.name = "loopback",
     .weight = 3,
     .stage = connected,
     .begin = BEGIN(SAY(establish_over_loopback(v, 1))),
     .traits = {.over_loopback = true},
     .side = Side::active},
    {.name = "loopback in two",
     .weight = 5,
     .stage = connected,
     .begin = BEGIN(SAY(establish_over_loopback(v, 2))),
     .traits = {.over_loopback = true, .in_two = true},
     .side = Side::active},
    {"firewall of ours",
     5,
     connected,
     BEGIN(SAY(firewall.guards_ours()), SAY(establish(v))),
     {.guarded = true}},
    {"firewall of peer",
     2,
     connected,
     BEGIN(SAY(firewall.guards_peer()), SAY(establish(v))),
     {.guarded = true}},
    {.name = "translated",
     .weight = 7,
     .stage = connected,
     .begin = BEGIN(SAY(second_address.comes()), SAY(firewall.translates_ours()),
                    SAY(establish(v, begins_at_its_first_address())),
                    SAY(ours_is_seen_at_its_second_address())),
     .traits = {.guarded = true},
     .family = Family::v4,
     .side = Side::active},
};

// On its way.
const Flavour of_openings[]{
    {.name = "SYN lost",
     .weight = 3,
     .stage = connecting,
     .begin = BEGIN(SAY(peer.listens()), SAY(wire.loses_what_ours_sends()), SAY(ours.connects()),
                    SAY(ours.is_in(TcpState::syn_sent))),
     .side = Side::active},
    {.name = "SYN unanswered",
     .weight = 8,
     .stage = connecting,
     .begin = BEGIN(SAY(peer.listens()), SAY(wire.loses_what_peer_sends()), SAY(ours.connects()),
                    SAY(peer.is_kept_in(TcpState::syn_recv))),
     .side = Side::active},
    {.name = "bound",
     .weight = 9,
     .stage = connecting,
     .begin = BEGIN(SAY(ours.binds({})), SAY(ours.is_bound_to({}))),
     .side = Side::active,
     .still = STILL(SAY(ours.is_bound_to({})))},
    {.name = "bound to the wildcard",
     .weight = 4,
     .stage = connecting,
     .begin = BEGIN(SAY(ours.binds({.wildcard = true})), SAY(ours.is_bound_to({.wildcard = true}))),
     .side = Side::active,
     .still = STILL(SAY(ours.is_bound_to({.wildcard = true})))},
    {.name = "unbound",
     .weight = 2,
     .stage = connecting,
     .begin = BEGIN(SAY(ours.binds({.bound = false, .port = false})),
                    SAY(ours.is_bound_to({.bound = false, .port = false}))),
     .side = Side::active,
     .still = STILL(SAY(ours.is_bound_to({.bound = false, .port = false})))},
    {.name = "SYN-ACK lost",
     .weight = 3,
     .stage = requested,
     .begin = BEGIN(SAY(listener.listens({})), SAY(wire.loses_what_ours_sends()),
                    SAY(client(1).connects()), SAY(client(1).comes_to(TcpState::syn_sent)),
                    SAY(child(1).is_kept_in(TcpState::syn_recv))),
     .side = Side::passive},
    {.name = "SYN-ACK unanswered",
     .weight = 8,
     .stage = requested,
     .begin = BEGIN(SAY(listener.listens({})), SAY(wire.loses_all_but_syns_of_peer()),
                    SAY(client(1).connects()), SAY(client(1).comes_to(TcpState::established)),
                    SAY(child(1).is_kept_in(TcpState::syn_recv))),
     .side = Side::passive},
};

const Flavour of_listeners[]{
    {.name = "listener",
     .weight = 12,
     .stage = listening,
     .begin = BEGIN(SAY(listener.listens({.backlog = 5}))),
     .side = Side::passive},
    {.name = "wildcard listener",
     .weight = 2,
     .stage = listening,
     .begin = BEGIN(SAY(listener.listens({.wildcard = true}))),
     .side = Side::passive},
    {.name = "deferring listener",
     .weight = 3,
     .stage = listening,
     .begin = BEGIN(SAY(listener.listens({.defer_accept = 7}))),
     .traits = {.defers = true},
     .side = Side::passive},
    {.name = "fast open listener",
     .weight = 2,
     .stage = listening,
     .begin = BEGIN(SAY(listener.listens({.fast_open = 5}))),
     .side = Side::passive},
    {.name = "group",
     .weight = 12,
     .stage = Stage::grouped,
     .begin = BEGIN(SAY(member(1).listens({.reuse_port = true})),
                    SAY(member(2).listens({.reuse_port = true}))),
     .side = Side::passive},
    {.name = "crowd",
     .weight = 10,
     .stage = Stage::crowded,
     .begin = BEGIN(SAY(listener.listens({.backlog = 120})), SAY(crowd_comes(110))),
     .side = Side::passive,
     .options = Options::ts},
};

#undef SYSCTLS
#undef SCENERY
#undef BEGIN
#undef SAY
#undef STILL

}  // namespace

std::span<const Flavour> flavours() {
  static const std::vector<Flavour> all = [] {
    std::vector<Flavour> each;
    each.insert(each.end(), std::begin(of_handshakes), std::end(of_handshakes));
    each.insert(each.end(), std::begin(of_numbers), std::end(of_numbers));
    each.insert(each.end(), std::begin(of_orphans), std::end(of_orphans));
    each.insert(each.end(), std::begin(of_places), std::end(of_places));
    each.insert(each.end(), std::begin(of_openings), std::end(of_openings));
    each.insert(each.end(), std::begin(of_listeners), std::end(of_listeners));
    return each;
  }();
  return all;
}

const Flavour* find_flavour(std::string_view name) {
  for (const Flavour& flavour : flavours()) {
    if (flavour.name == name) return &flavour;
  }
  return nullptr;
}

const Flavour& flavour_of(const Start& start) { return *find_flavour(start.flavour); }

Start fitted(Start start) {
  const Flavour& flavour = flavour_of(start);
  start.family = flavour.family.value_or(start.family);
  start.side = flavour.side.value_or(start.side);
  start.options = flavour.options.value_or(start.options);
  return start;
}

}  // namespace sockcr::scenario
