#include <fmt/format.h>
#include <algorithm>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

std::vector<Finding> check(const Hearing& hearing) {
  std::int64_t sent_by_ours = 0, sent_by_peer = 0;
  std::vector<Finding> findings;
  for (const Segment& segment : hearing.conversation.segments) {
    if (segment.is_reset()) continue;
    const bool is_ours = segment.from == Side::ours;
    const std::int64_t sent = is_ours ? sent_by_peer : sent_by_ours;
    const bool judged = hearing.conversation.offer(other(segment.from)).syn_seen;
    if (judged && segment.ack && *segment.ack > sent) {
      findings.push_back({segment.number,
                          fmt::format("no acknowledgement beyond {}, which is all that {} has sent",
                                      sent, to_text(other(segment.from))),
                          fmt::format("{} acknowledges {}", to_text(segment.from), *segment.ack)});
    }
    std::int64_t& own = is_ours ? sent_by_ours : sent_by_peer;
    own = std::max(own, segment.end);
  }
  return findings;
}

}  // namespace

Rule no_early_ack() {
  return {"no_early_ack", "Nobody acknowledges what was not sent yet.", check};
}

}  // namespace sockcr::pcap::rules
