#include <fmt/format.h>
#include <algorithm>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

// One side's stream against what its program wrote.
struct Delivery {
  const Conversation& conversation;
  Side from;
  const Party& party;
  bool to_the_end;
  Stream stream;
  std::vector<Finding> findings;

  void expect(bool holds, std::int64_t offset, std::string expected, std::string actual) {
    if (!holds) findings.push_back({carrier(offset), std::move(expected), std::move(actual)});
  }

  std::size_t carrier(std::int64_t offset) const {
    for (const Segment& each : conversation.segments) {
      const bool carries = each.begin <= offset && offset < each.end;
      if (each.from == from && !each.is_reset() && carries) return each.number;
    }
    return 0;
  }

  void content() {
    const std::size_t both = std::min(stream.bytes.size(), party.written.size());
    const auto differs =
        std::mismatch(stream.bytes.begin(), stream.bytes.begin() + static_cast<long>(both),
                      party.written.begin());
    const auto same = static_cast<std::size_t>(differs.first - stream.bytes.begin());
    if (same == both) return;
    expect(false, static_cast<std::int64_t>(same) + 1,
           fmt::format("byte {} of {} is 0x{:02x} as written", same, to_text(from),
                       party.written[same]),
           fmt::format("0x{:02x} was sent", stream.bytes[same]));
  }

  void amount() {
    const std::size_t written = party.written.size(), sent = stream.bytes.size();
    expect(sent <= written, static_cast<std::int64_t>(written) + 1,
           fmt::format("the {} bytes that {} wrote", written, to_text(from)),
           fmt::format("{} were sent", sent));
    const std::string why = stream.hole ? ", then there is a hole" : "";
    expect(!to_the_end || sent >= written, 0,
           fmt::format("all {} bytes that {} wrote", written, to_text(from)),
           fmt::format("{} were sent{}", sent, why));
  }

  void end_of_stream() {
    const auto place = static_cast<std::int64_t>(party.written.size()) + 1;
    if (!stream.fin) {
      expect(!party.closed || !to_the_end, 0, fmt::format("a FIN of {}", to_text(from)),
             "none was sent");
      return;
    }
    expect(party.closed, *stream.fin, fmt::format("no FIN of {}: it did not close", to_text(from)),
           "one was sent");
    expect(*stream.fin == place, *stream.fin,
           fmt::format("the FIN of {} at sequence {}, behind its last byte", to_text(from), place),
           fmt::format("it stands at {}", *stream.fin));
  }

  void acknowledgement() {
    std::int64_t acked = 0;
    for (const Segment& each : conversation.segments) {
      if (each.from != from && !each.is_reset()) acked = std::max(acked, each.ack.value_or(0));
    }
    expect(!to_the_end || acked >= stream.beyond, 0,
           fmt::format("{} to acknowledge all of {}, up to {}", to_text(other(from)), to_text(from),
                       stream.beyond),
           fmt::format("its last acknowledgement is {}", acked));
  }
};

std::vector<Finding> judge_side(const Hearing& hearing, Side from) {
  const Conversation& conversation = hearing.conversation;
  const Evidence& evidence = hearing.evidence;
  Delivery delivery{conversation,
                    from,
                    evidence.party(from),
                    evidence.ran_to_its_end,
                    stream_of(conversation, from),
                    {}};
  const bool begun = conversation.offer(from).syn_seen;
  delivery.expect(begun || !evidence.ran_to_its_end, 0,
                  fmt::format("the beginning of {}'s stream", to_text(from)), "no SYN was seen");
  if (!begun) return delivery.findings;
  delivery.content();
  delivery.amount();
  delivery.end_of_stream();
  delivery.acknowledgement();
  return delivery.findings;
}

std::vector<Finding> check(const Hearing& hearing) {
  std::vector<Finding> findings = judge_side(hearing, Side::ours);
  for (Finding& each : judge_side(hearing, Side::peer)) findings.push_back(std::move(each));
  return findings;
}

}  // namespace

Rule delivered_once() {
  return {"delivered_once",
          "Each side's stream is what its program wrote, once and whole, and was acknowledged.",
          check};
}

}  // namespace sockcr::pcap::rules
