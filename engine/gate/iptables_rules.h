// The text of an iptables gate, and how to read one back. Pure: no system call.
//
//   INPUT  --> SOCKCR-<image id>       marked: accept   tcp: drop
//   OUTPUT --> SOCKCR-<image id>       the same chain, or with a tap or a hole:
//   OUTPUT --> SOCKCR-<image id>-OUT   marked: accept   tcp: log to the tap   SYN-ACKs: swallow
//                                      tcp: drop or swallow
//
// Where datagrams are blocked besides, each of these chains ends with   udp: drop   udplite: drop
// and where raw sockets are, with a drop of each of their protocols.
//
// The jumps stand at the head, before anything that the user accepts. What is marked is accepted
// rather than returned, because no rule of the user may eat what a restore depends on.
#pragma once

#include <sys/socket.h>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gate/gate.h"

namespace sockcr {

// The NFQUEUE number of the hole. Nobody may listen there: a queue without a listener drops in
// silence and tells the sender that all is well.
inline constexpr std::uint16_t swallow_queue = 0xC114;

std::string gate_chain(std::uint64_t image_id);          // SOCKCR-0123456789abcdef
std::string gate_sending_chain(std::uint64_t image_id);  // SOCKCR-0123456789abcdef-OUT

// What stands of one image's gate in one family.
struct StandingGate {
  std::vector<std::string> chains;  // by name
  std::vector<std::string> jumps;   // "INPUT -j SOCKCR-...", one for each time that it stands there

  bool empty() const { return chains.empty() && jumps.empty(); }
  friend bool operator==(const StandingGate&, const StandingGate&) = default;
};

// What stands when `request` has been closed, and nothing else happened since.
StandingGate standing_when_closed(const GateRequest& request);
// What stands of image `image_id`, out of the lines of iptables-save.
StandingGate standing_gate(std::uint64_t image_id, std::span<const std::string> saved);
// Every image that has something standing, in ascending order.
std::vector<std::uint64_t> standing_image_ids(std::span<const std::string> saved);

// The inputs of iptables-restore --noflush. Closing replaces what is `standing`; opening removes it
// and nothing else.
// `family` matters to ICMPv6 only.
std::string closing_rules(const GateRequest& request, const StandingGate& standing = {},
                          int family = AF_INET);
std::string opening_rules(const StandingGate& standing);
// Replaces the last rule of the sending chain, which a request with a tap or a hole has.
std::string swallowing_rules(const GateRequest& request, bool on);
bool sends_differently(const GateRequest& request);  // has a sending chain

}  // namespace sockcr
