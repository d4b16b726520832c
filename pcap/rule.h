// Rules: what must never happen, judged over a whole capture taken on the peer's side. There the
// peer's frames appear when they are sent and ours' when they are received.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pcap/flow.h"
#include "pcap/recording.h"
#include "pcap/segment.h"

namespace sockcr::pcap {

// One end of the conversation, as those who drove it know it.
struct Party {
  Endpoint endpoint;
  std::vector<MacAddress> macs;         // several when it was restored elsewhere
  std::vector<std::uint8_t> written;    // every byte that its program wrote, in order
  bool closed = false;                  // its program ended the stream (shutdown or close)
  bool microsecond_timestamps = false;  // its TSval counts microseconds, not milliseconds
  bool clock_was_set = false;           // until a gate closed, its TSval may leap ahead
  bool has_a_double = false;            // somebody sent empty segments in its name, by its clock:
                                        // their TSval may be late
  bool clock_may_leap = false;          // ahead, while the last gate is closed
  std::vector<Endpoint> former{};       // where it was before it moved to another address
};

// A reset that a scenario declares to be right.
struct ResetAllowance {
  Side from = Side::peer;
  std::string after;   // name of the mark behind which it may come; empty: from the beginning
  std::string before;  // name of the mark before which it must come; empty: to the end
  std::string reason;  // one clause, printed by --show
  std::size_t at_most = 1;
};

struct Evidence {
  Recording recording;
  Party ours, peer;
  std::uint8_t protocol = 6;  // that the gate blocks: IPPROTO_TCP, or IPPROTO_UDP for datagrams of
                              // either kind, and what ICMP says of them
  // Everything written was to be delivered and acknowledged, every close seen by the other side.
  bool ran_to_its_end = true;
  std::vector<ResetAllowance> allowed_resets;

  const Party& party(Side side) const { return side == Side::ours ? ours : peer; }
};

// The evidence, read once for all rules. `evidence` must outlive it.
struct Hearing {
  const Evidence& evidence;
  std::vector<Frame> frames;  // frames[i] is packet i + 1
  Conversation conversation;

  explicit Hearing(const Evidence& all);
};

struct Finding {
  std::size_t packet = 0;  // the number of the offending packet; 0: the capture as a whole
  std::string expected, actual;

  bool operator==(const Finding&) const = default;
};

// Throws SystemError when the capture lacks what the rule needs to judge at all (a mark).
struct Rule {
  std::string_view name;
  std::string_view about;  // one sentence
  std::function<std::vector<Finding>(const Hearing&)> check;
};

// All rules, in the order in which they are reported. `rules/rules.h` has them by name.
std::span<const Rule> all_rules();
// The rule of that name; throws std::out_of_range.
const Rule& rule_named(std::string_view name);

struct Breach {
  std::string_view rule;
  Finding finding;
};
// Everything that `rules` find, in the order of the rules.
std::vector<Breach> judge(const Evidence& evidence, std::span<const Rule> rules = all_rules());

std::string to_text(const Breach& breach);  // "packet 12: no_reset: expected ..., but ..."

}  // namespace sockcr::pcap
