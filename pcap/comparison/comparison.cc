#include "pcap/comparison/comparison.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <utility>

namespace sockcr::pcap {
namespace {

using Place = std::pair<std::string, std::string>;  // aspect, of

std::string text_of(const std::set<std::string>& values) {
  return values.empty() ? "nothing" : fmt::format("{}", fmt::join(values, "; "));
}

// The one number of a trait that has one; 0 where it says nothing.
long long number_of(const Trait& trait) {
  long long number = 0;
  if (trait.values.empty()) return number;
  const std::string& text = *trait.values.begin();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Relation relation_of(const std::string& aspect) {
  for (const Aspect& each : all_aspects()) {
    if (each.name == aspect) return each.relation;
  }
  return Relation::not_more;  // a counter
}

bool agree(const Trait& control, const Trait& cut) {
  switch (relation_of(control.aspect)) {
    case Relation::equal:
      return control.values == cut.values;
    case Relation::nothing_new:
      return std::includes(control.values.begin(), control.values.end(), cut.values.begin(),
                           cut.values.end());
    case Relation::not_more:
      return number_of(cut) <= number_of(control);
    case Relation::about:
      return 4 * std::abs(number_of(cut) - number_of(control)) <= number_of(control);
  }
  return false;
}

// What the cut shows beyond the control is only this.
bool adds_only(const Trait& control, const Trait& cut, const std::string& value) {
  std::set<std::string> known = control.values;
  known.insert(value);
  return std::includes(known.begin(), known.end(), cut.values.begin(), cut.values.end());
}

bool one_timer_more(const Trait& control, const Trait& cut) {
  return cut.of.starts_with("peer") && number_of(cut) == number_of(control) + 1;
}

bool once_more(const Trait& control, const Trait& cut) {
  return number_of(cut) == number_of(control) + 1;
}

constexpr std::string_view asked_again =
    "a request's SYN-ACK is sent again at once, for it may have been lost, and a client that has "
    "had "
    "it answers by a challenge";
constexpr std::string_view challenge = "a SYN in tcp_validate_incoming counts all three";

constexpr DeclaredDifference declared[] = {
    {"TcpInErrs", once_more, asked_again, challenge},
    {"TcpExtTCPChallengeACK", once_more, asked_again, challenge},
    {"TcpExtTCPSYNChallenge", once_more, asked_again, challenge},
    {"TcpExtTCPSACKReneging", once_more,
     "what ours had SACKed behind a hole is forgotten, and the peer sends it again",
     "no system call fills the out-of-order queue (tcp_ofo_queue)"},
    {"TcpEstabResets", once_more,
     "a peer that is told of ours' new address is cut itself, and closing a socket counts",
     "tcp_set_state from ESTABLISHED to CLOSE"},
    {"flow-labels", [](const Trait&, const Trait&) { return true; },
     "a socket draws its label when it connects, and the peer draws a new one when bytes come "
     "again "
     "under a new label",
     "sk_set_txhash in tcp_v6_connect, sk_rethink_txhash in tcp_rcv_spurious_retrans"},
    {"echo", [](const Trait& control, const Trait& cut) { return adds_only(control, cut, "0"); },
     "what the peer's clock showed last cannot be set: until the peer speaks, 0 is echoed",
     "ts_recent of tcp_options_received, which TCP_REPAIR_OPTIONS leaves at 0"},
    {"window",
     [](const Trait& control, const Trait& cut) {
       return number_of(cut) > number_of(control) && number_of(cut) <= 2 * number_of(control);
     },
     "how much memory a segment takes is learned anew, and until then less is reckoned with",
     "scaling_ratio in tcp_measure_rcv_mss"},
    {"repeats", one_timer_more,
     "the gate is closed for longer, and one more of the peer's timers may fire in vain",
     "tcp_retransmit_timer doubles the RTO"},
    {"repeats",
     [](const Trait&, const Trait& cut) {
       return cut.of.starts_with("ours") && number_of(cut) <= 1;
     },
     "only the peer knows whether what it has not acknowledged was lost: it is sent again, once",
     "a rebuilt send queue counts as sent, and without RTT sample its timer takes a second"},
    {"timers", one_timer_more,
     "the gate is closed for longer, and one more of the peer's timers may fire in vain",
     "tcp_retransmit_timer doubles the RTO"},
};

std::map<Place, const Trait*> by_place(const std::vector<Trait>& traits) {
  std::map<Place, const Trait*> places;
  for (const Trait& trait : traits) places[{trait.aspect, trait.of}] = &trait;
  return places;
}

}  // namespace

std::span<const DeclaredDifference> declared_differences() { return declared; }

std::vector<Difference> differences(const std::vector<Trait>& control,
                                    const std::vector<Trait>& cut,
                                    std::span<const DeclaredDifference> allowed) {
  std::vector<Difference> found;
  const auto controls = by_place(control), cuts = by_place(cut);
  for (const Trait& there : control) {
    if (!cuts.contains({there.aspect, there.of})) {
      found.push_back({there.aspect, there.of, text_of(there.values), "no such conversation"});
    }
  }
  for (const Trait& here : cut) {
    const auto other = controls.find({here.aspect, here.of});
    if (other == controls.end()) {
      found.push_back({here.aspect, here.of, "no such conversation", text_of(here.values)});
      continue;
    }
    const Trait& there = *other->second;
    if (agree(there, here)) continue;
    const bool is_declared =
        std::any_of(allowed.begin(), allowed.end(), [&](const DeclaredDifference& each) {
          return each.aspect == here.aspect && each.covers(there, here);
        });
    if (!is_declared) {
      found.push_back({here.aspect, here.of, text_of(there.values), text_of(here.values)});
    }
  }
  return found;
}

std::string to_text(const Difference& difference) {
  return fmt::format("{} of {}: without the cut {}, with it {}", difference.aspect, difference.of,
                     difference.control, difference.cut);
}

}  // namespace sockcr::pcap
