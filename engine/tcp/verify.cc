#include "engine/tcp/verify.h"

#include <fmt/format.h>

#include "engine/sys/error.h"
#include "engine/tcp/info.h"
#include "engine/tcp/repair.h"
#include "engine/tcp/urgent.h"

namespace sockcr {
namespace {

class Comparison {
 public:
  explicit Comparison(const TcpConnection& wanted) : wanted_(wanted) {}

  void equal(std::string_view what, std::uint64_t expected, std::uint64_t actual) const {
    if (expected == actual) return;
    fail(what, fmt::format("{}", expected), fmt::format("{}", actual));
  }

  [[noreturn]] void fail(std::string_view what, std::string_view expected,
                         std::string_view actual) const {
    throw Violation(fmt::format("{} of the rebuilt {}", what, to_text(wanted_)), expected, actual);
  }

 private:
  const TcpConnection& wanted_;
};

}  // namespace

void verify(int socket, const TcpConnection& wanted) {
  const Comparison compare(wanted);
  const TcpInfo info = read_info(socket);
  if (info.state != wanted.state) {
    compare.fail("state", to_text(wanted.state), to_text(info.state));
  }
  const Unread unread = count_unread(socket);
  compare.equal("unread bytes", wanted.receive_queue.size(), unread.bytes);
  compare.equal("urgent byte", wanted.receive_urgent, unread.urgent);
  compare.equal("urgent byte taken", wanted.urgent_taken, unread.taken);
  const QueueCounts counts = read_counts(socket);
  // Reset, it has told us all that it will ever tell: its numbers mean nothing.
  if (wanted.error != 0) return;
  compare.equal("SIOCOUTQ", wanted.write_seq - wanted.snd_una, counts.outq);
  compare.equal("SIOCOUTQNSD", wanted.write_seq - wanted.snd_nxt, counts.unsent);
  compare.equal("rcv_nxt", wanted.rcv_nxt, read_queue_sequence(socket, RepairQueue::receive));
  compare.equal("write_seq", wanted.write_seq, read_queue_sequence(socket, RepairQueue::send));
  select_queue(socket, RepairQueue::none);

  const Window window = read_window(socket);
  compare.equal("snd_wnd", wanted.window.snd_wnd, window.snd_wnd);
  // An ACK that the socket tried to send meanwhile moves both numbers, and the edge only to the
  // right.
  const Sequence edge = window.rcv_wup + window.rcv_wnd;
  if (before(edge, wanted.window.rcv_wup + wanted.window.rcv_wnd)) {
    compare.fail("right edge of the window",
                 fmt::format("at least {}", wanted.window.rcv_wup + wanted.window.rcv_wnd),
                 fmt::format("{}", edge));
  }
  compare.equal("time stamps", wanted.negotiated.timestamps, info.timestamps);
  compare.equal("SACK", wanted.negotiated.sack, info.sack);
  compare.equal("snd_wscale", wanted.negotiated.snd_wscale,
                info.window_scaling ? info.snd_wscale : 0);
  compare.equal("rcv_wscale", wanted.negotiated.rcv_wscale,
                info.window_scaling ? info.rcv_wscale : 0);
}

}  // namespace sockcr
