#include "engine/tcp/prober.h"

#include <fmt/format.h>
#include <sys/random.h>

#include "engine/sys/call.h"
#include "engine/tcp/agreement.h"
#include "engine/tcp/clock.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

std::uint16_t tap_of(const Gate* gate, std::string_view what) {
  if (gate == nullptr || !gate->tap()) {
    throw Unsupported(what, "without BPF it is read through a gate that has a tap (NFLOG)");
  }
  return *gate->tap();
}

Sequence random_sequence() {
  Sequence number = 0;
  call(
      "getrandom", [&] { return ::getrandom(&number, sizeof number, 0); },
      [&] { return fmt::format("{:#x}, {}, 0", number, sizeof number); });
  return number;
}

bool is_between(const HeardSegment& heard, const Tuple& tuple) {
  return heard.from == unmapped(tuple.local) && heard.to == unmapped(tuple.remote);
}

}  // namespace

Prober::Prober(const Gate* gate, std::string_view what) : tap_(tap_of(gate, what)) {}

void Prober::forge(const Tuple& tuple, Segment segment) {
  segment.from = unmapped(tuple.remote);
  segment.to = unmapped(tuple.local);
  segment.ip.mark = forged_mark;
  injectors_.of(segment.to.family).send(segment);
}

std::optional<HeardSegment> Prober::hear(const Tuple& tuple, Clock::duration limit) {
  const auto deadline = Clock::now() + limit;
  while (const auto packet = tap_.next(deadline - Clock::now())) {
    auto heard = parse_segment(*packet);
    if (heard && is_between(*heard, tuple)) return heard;
  }
  return std::nullopt;
}

std::optional<HeardSegment> Prober::answer_of(const Tuple& tuple, Clock::duration limit) {
  const auto deadline = Clock::now() + limit;
  while (auto heard = hear(tuple, deadline - Clock::now())) {
    if (is_bare_ack(*heard)) return heard;
  }
  return std::nullopt;
}

HeardSegment Prober::ask(const Tuple& tuple, std::uint8_t flags) {
  // One byte: answers to segments without payload are rationed (tcp_invalid_ratelimit).
  static constexpr std::uint8_t byte[] = {0};
  Agreement agreement;
  for (int tries = 0; tries < 16 && !agreement.is_exact(); ++tries) {
    while (hear(tuple, 0s)) continue;  // what it said before is no answer
    const Segment question{.seq = random_sequence(), .ack = 0, .flags = flags, .payload = byte};
    const std::uint32_t asked_ms = monotonic_ticks(false);
    forge(tuple, question);
    const auto answer = answer_of(tuple, 20ms);
    if (answer) agreement.add(*answer, asked_ms, monotonic_ticks(false) - asked_ms);
  }
  clock_ = agreement.clock();
  if (agreement.answer()) return *agreement.answer();
  throw SystemError("recv", "NFLOG", ETIMEDOUT)
      .about(fmt::format("{} > {}", to_text(tuple.local), to_text(tuple.remote)))
      .advise(
          "the socket answers no forged segment; does a firewall rule drop what comes over lo?");
}

}  // namespace sockcr
