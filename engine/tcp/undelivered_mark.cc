#include "engine/tcp/undelivered_mark.h"

#include <limits>

#include "engine/tcp/repair.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t out_of_reach = std::numeric_limits<std::uint16_t>::max();

std::optional<HeardSegment> hear_probe(const TcpConnection& c, Prober& prober) {
  while (auto heard = prober.hear({c.local, c.remote}, 200ms)) {
    if (heard->seq == c.snd_una - 1) return heard;
  }
  return std::nullopt;
}

}  // namespace

void learn_urgent(const HeardSegment& heard, TcpConnection& c) {
  const bool begins_in_front = !after(heard.seq, c.snd_una);
  if ((heard.flags & tcp_flag::urg) == 0) {
    // Without it nothing is urgent that the pointer could reach.
    const std::int32_t all = distance(heard.seq, c.write_seq);
    if (begins_in_front && all < out_of_reach) c.send_urgent_unknown = false;
    return;
  }
  if (heard.urgent_pointer == out_of_reach) return;  // or further
  const std::int32_t bytes = distance(c.snd_una, heard.seq + heard.urgent_pointer);
  if (bytes <= 0) return;
  c.send_urgent = static_cast<std::uint32_t>(bytes);
  c.send_urgent_unknown = false;
}

void ask_for_urgent(int socket, TcpConnection& c, Prober& prober) {
  if (c.state != TcpState::established) return;
  const Tuple tuple{c.local, c.remote};
  while (prober.hear(tuple, 0s)) continue;  // what it said before is no answer
  leave_repair(socket, WindowProbe::yes);
  const auto probe = hear_probe(c, prober);
  enter_repair(socket, Reuse::keep);
  if (probe) learn_urgent(*probe, c);
}

}  // namespace sockcr
