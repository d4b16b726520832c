// What is particular to a conversation from its beginning on: how its ends meet, what they agree
// on, where it is played. A table.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "scenarios/walk/line.h"
#include "scenarios/walk/walk.h"

namespace sockcr::scenario {

// What the two are when the timeline begins.
enum class Stage : std::uint8_t {
  connected,   // ESTABLISHED, both streams used
  connecting,  // ours is on its way to be so
  requested,   // ours listens, and the first client's handshake is half open
  listening,   // ours listens, and clients may knock
  grouped,     // two listeners of one port
  crowded,     // ours listens, and many are connected
};

struct Traits {
  bool moves = false;          // every cut goes elsewhere
  bool readdressed = false;    // and there it has another address
  bool link_gate = false;      // the gate is the cable
  bool over_loopback = false;  // both ends are ours
  bool in_two = false;         // in two processes
  bool is_signed = false;      // RFC 2385
  bool odd_clock = false;      // its time stamps are no usual ones
  bool tiny_segments = false;  // of which a congestion window holds few
  bool sacks = true;
  bool shrinks = false;    // its window may be taken back
  bool guarded = false;    // by a firewall
  bool shared = false;     // a second conversation from the same port
  bool defers = false;     // accept(2), until the client has written
  bool is_orphan = false;  // ours has closed, and lingers in FIN_WAIT2
  bool is_plain = false;   // nothing that another ingredient could bite
  bool wraps = false;      // soon, in what ours writes
};

// A value that a file of the catalogue spells out.
template <class Value>
struct Said {
  std::string_view source{};
  Value (*make)(const Variant& v) = nullptr;
};

struct Flavour {
  std::string_view name;
  unsigned weight;  // how often it is drawn
  Stage stage;
  Lines (*begin)(const Variant& v);  // from nothing to the stage
  Traits traits{};
  std::optional<Family> family{};  // the only one that has it
  std::optional<Side> side{};
  std::optional<Options> options{};
  Said<std::vector<netns::SysctlOverride>> sysctls{};
  Said<Scenery> scenery{};
  Lines (*still)() = nullptr;  // what its socket is told apart by, as long as its program has it
};

std::span<const Flavour> flavours();
const Flavour* find_flavour(std::string_view name);  // nullptr when there is none
const Flavour& flavour_of(const Start& start);

// The start with what its flavour demands.
Start fitted(Start start);

}  // namespace sockcr::scenario
