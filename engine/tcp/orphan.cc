#include "engine/tcp/orphan.h"

#include <fmt/format.h>
#include <algorithm>

#include "engine/sys/error.h"
#include "engine/tcp/info.h"
#include "engine/tcp/undelivered_mark.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_wait = 10s;
constexpr std::uint16_t widest = 65535;

// While it lives, the orphan believes that its segments leave.
class Hole {
 public:
  explicit Hole(Gate& gate) : gate_(gate) { gate_.swallow(true); }
  ~Hole() {
    try {
      gate_.swallow(false);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while closing the hole of the gate: %s\n", error.what());
    }
  }
  Hole(const Hole&) = delete;
  Hole& operator=(const Hole&) = delete;

 private:
  Gate& gate_;
};

Negotiated negotiated_of(const TcpInfo& info) {
  constexpr std::uint32_t timestamps_length = 12;
  return {.mss_clamp =
              static_cast<std::uint16_t>(info.snd_mss + (info.timestamps ? timestamps_length : 0)),
          .window_scaling = info.window_scaling,
          .snd_wscale = info.window_scaling ? info.snd_wscale : std::uint8_t{0},
          .rcv_wscale = info.window_scaling ? info.rcv_wscale : std::uint8_t{0},
          .sack = info.sack,
          .timestamps = info.timestamps};
}

// Everything but the bytes.
TcpConnection numbers_of(const TcpDiag& found, const TcpInfo& info, const HeardSegment& answer) {
  TcpConnection c;
  c.state = found.state;
  c.owner = Owner::nobody;
  c.domain = found.local.family;
  c.local = found.local;
  c.remote = found.remote;
  c.snd_nxt = answer.seq;
  c.write_seq = c.snd_nxt + info.unsent_bytes;
  c.snd_una = c.write_seq - found.send_queue;
  c.rcv_nxt = answer.ack;
  c.copied_seq = has_received_fin(c.state) ? c.rcv_nxt - 1 : c.rcv_nxt;
  c.negotiated = negotiated_of(info);
  c.window = {.snd_wl1 = c.rcv_nxt,
              .snd_wnd = info.snd_wnd,
              .max_window = std::max<std::uint32_t>(info.snd_wnd, widest),
              .rcv_wnd = std::uint32_t{answer.window} << c.negotiated.rcv_wscale,
              .rcv_wup = c.rcv_nxt,
              .extension = {}};
  if (answer.timestamps) c.ts_recent = answer.timestamps->echo_reply;
  return c;
}

void acknowledge(const TcpConnection& c, Sequence up_to, Prober& prober) {
  prober.forge({c.local, c.remote}, {.seq = c.rcv_nxt, .ack = up_to, .window = widest});
}

// Takes what is new of `heard`; false when nothing is.
bool take(const HeardSegment& heard, const TcpConnection& c, Bytes& queue) {
  const Sequence next = c.snd_una + static_cast<Sequence>(queue.size());
  const std::int32_t known = distance(heard.seq, next);
  if (known < 0 || static_cast<std::size_t>(known) >= heard.payload.size()) return false;
  queue.insert(queue.end(), heard.payload.begin() + known, heard.payload.end());
  return true;
}

Bytes drain(TcpConnection& c, Prober& prober) {
  const std::size_t wanted = sent_bytes(c) + unsent_bytes(c);
  Bytes queue;
  if (wanted > 0) acknowledge(c, c.snd_una, prober);
  while (queue.size() < wanted) {
    const auto heard = prober.hear({c.local, c.remote}, longest_wait);
    if (!heard) {
      throw Unsupported(fmt::format("{}: {} of {} bytes", to_text(c), queue.size(), wanted),
                        "its next retransmission is more than 10 s away, and without BPF its "
                        "bytes come only with that");
    }
    if (!take(*heard, c, queue)) continue;
    learn_urgent(*heard, c);
    acknowledge(c, c.snd_una + static_cast<Sequence>(queue.size()), prober);
  }
  return queue;
}

}  // namespace

bool is_orphan(const TcpDiag& found) {
  return found.inode == 0 && has_sent_fin(found.state) && !fin_is_acked(found.state);
}

TcpConnection drain_orphan(const TcpDiag& found, Prober& prober, Gate& gate) {
  const HeardSegment answer = prober.ask({found.local, found.remote}, tcp_flag::ack);
  const TimestampClock clock = prober.clock();
  const auto now = find_tcp(found.local, found.remote);
  if (!now || now->info.empty()) {
    throw Violation("an orphan behind the closed gate", to_text(found.state), "it is gone");
  }
  TcpConnection c = numbers_of(*now, parse_info(now->info), answer);
  if (c.negotiated.timestamps) c.clock = clock;
  const Hole hole(gate);
  c.send_queue = drain(c, prober);
  return c;
}

}  // namespace sockcr
