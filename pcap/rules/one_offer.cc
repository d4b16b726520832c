#include <fmt/format.h>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

std::string text_of(const Offer& offer) {
  return fmt::format("MSS {}, window scale {}, {}SACK, {}time stamps",
                     offer.max_segment ? fmt::format("{}", *offer.max_segment) : "none",
                     offer.window_scale ? fmt::format("{}", *offer.window_scale) : "none",
                     offer.sack_permitted ? "" : "no ", offer.timestamps ? "" : "no ");
}

// The ISN is one_value's: a SYN elsewhere is another value there.
bool differ(const Offer& a, const Offer& b) { return text_of(a) != text_of(b); }

std::vector<Finding> check(const Hearing& hearing) {
  const Conversation& conversation = hearing.conversation;
  std::vector<Finding> findings;
  for (const Segment& segment : conversation.segments) {
    if (!segment.tcp.has(flag::syn) || segment.is_reset()) continue;
    const Offer& first = conversation.offer(segment.from);
    const Offer offer = offer_in(segment.tcp);
    if (!differ(first, offer)) continue;
    findings.push_back({segment.number,
                        fmt::format("{} in every SYN of {}", text_of(first), to_text(segment.from)),
                        text_of(offer)});
  }
  return findings;
}

}  // namespace

Rule one_offer() {
  return {"one_offer", "Every SYN of a side offers what its first one has offered.", check};
}

}  // namespace sockcr::pcap::rules
