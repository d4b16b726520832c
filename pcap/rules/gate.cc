#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/sys/error.h"
#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

bool is_one_of(const MacAddress& mac, const std::vector<MacAddress>& macs) {
  return std::find(macs.begin(), macs.end(), mac) != macs.end();
}

bool has_address(const Party& party, const Address& address) {
  return party.endpoint.address == address ||
         std::any_of(party.former.begin(), party.former.end(),
                     [&](const Endpoint& was) { return was.address == address; });
}

// Where datagrams are stopped, nothing that a kernel has to say of them is heard either: ICMP, port
// unreachable. (Neighbours are looked for all the same; such a capture does not have that.)
bool is_silenced(const Evidence& evidence, std::uint8_t protocol) {
  return evidence.protocol == IPPROTO_TCP ? protocol == IPPROTO_TCP : protocol != IPPROTO_TCP;
}

std::vector<Finding> check_silent(const Hearing& hearing) {
  const Evidence& evidence = hearing.evidence;
  const std::vector<Closed> gates = closed_gates(evidence.recording);
  const auto is_behind_one = [&](std::size_t number) {
    return std::any_of(gates.begin(), gates.end(),
                       [&](const Closed& closed) { return closed.contains(number); });
  };
  std::vector<Finding> findings;
  for (std::size_t number = 1; number <= hearing.frames.size(); ++number) {
    const Frame& frame = hearing.frames[number - 1];
    if (!frame.ip || !is_behind_one(number)) continue;
    if (!is_silenced(evidence, frame.ip->protocol)) continue;
    const bool from_ours =
        is_one_of(frame.source, evidence.ours.macs) || has_address(evidence.ours, frame.ip->source);
    if (!from_ours) continue;
    findings.push_back({number, "silence of ours while the gate is closed",
                        fmt::format("{} sent a packet from {}", to_text(frame.source),
                                    to_text(frame.ip->source))});
  }
  return findings;
}

std::vector<Finding> check_forged(const Hearing& hearing) {
  const Evidence& evidence = hearing.evidence;
  std::vector<Finding> findings;
  for (std::size_t number = 1; number <= hearing.frames.size(); ++number) {
    const Frame& frame = hearing.frames[number - 1];
    if (!frame.ip || frame.ip->source != evidence.peer.endpoint.address) continue;
    if (!is_one_of(frame.source, evidence.ours.macs)) continue;
    findings.push_back({number, "nothing in the peer's name from ours",
                        fmt::format("{} sent a packet from {}", to_text(frame.source),
                                    to_text(frame.ip->source))});
  }
  return findings;
}

}  // namespace

std::vector<Closed> closed_gates(const Recording& recording) {
  std::vector<Closed> gates;
  const std::size_t end = recording.packets.size() + 1;
  bool is_closed = false;
  for (const MarkSpan& span : recording.marks) {
    if (span.mark.name == phase::gate_closed && !is_closed) {
      gates.push_back({span.last, end});
      is_closed = true;
    } else if (span.mark.name == phase::gate_open && is_closed) {
      gates.back().before = span.first;
      is_closed = false;
    }
  }
  if (gates.empty()) {
    throw SystemError("capture", "no mark gate-closed was seen", 0)
        .advise("was the mark sent, and the capture drained behind it?");
  }
  return gates;
}

Rule silent_gate() {
  return {"silent_gate", "Nothing of ours reaches the wire while the gate is closed.",
          check_silent};
}

Rule no_forged_segment() {
  return {"no_forged_segment", "No packet in the peer's name leaves ours.", check_forged};
}

}  // namespace sockcr::pcap::rules
