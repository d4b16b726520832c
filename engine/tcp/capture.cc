#include "engine/tcp/capture.h"

#include <fmt/format.h>
#include <poll.h>
#include <cerrno>

#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/refuse.h"
#include "engine/tcp/repair.h"
#include "engine/tcp/urgent.h"

namespace sockcr {
namespace {

class Capture {
 public:
  explicit Capture(int socket) : socket_(socket) {}

  void read(Reading reading) {
    switch (reading) {
      case Reading::names:
        return read_names();
      case Reading::options:
        c_.options = read_options(socket_, c_.domain);
        c_.filter = capture_filter(socket_);
        return;
      case Reading::enter_repair:
        return enter_repair(socket_, Reuse::keep);
      case Reading::state:
        return read_state();
      case Reading::mss:
        c_.negotiated.mss_clamp =
            static_cast<std::uint16_t>(get_option(socket_, option::max_segment));
        return;
      case Reading::clock:
        if (c_.negotiated.timestamps) c_.clock = read_clock(socket_, info_.microsecond_timestamps);
        return;
      case Reading::window:
        c_.window = read_window(socket_);
        return;
      case Reading::sequences:
        return read_sequences();
      case Reading::queues:
        return read_queues();
      case Reading::leave_repair:
        return leave_repair(socket_, WindowProbe::no);
    }
  }

  TcpConnection take() { return std::move(c_); }

 private:
  void read_names() {
    c_.domain = static_cast<std::uint16_t>(get_option(socket_, option::domain));
    c_.local = from_sockaddr(local_address(socket_));
    c_.remote = read_peer_name(socket_, c_.domain);
  }

  void read_state() {
    info_ = read_info(socket_);
    c_.state = info_.state;
    c_.negotiated.window_scaling = info_.window_scaling;
    c_.negotiated.snd_wscale = info_.window_scaling ? info_.snd_wscale : 0;
    c_.negotiated.rcv_wscale = info_.window_scaling ? info_.rcv_wscale : 0;
    c_.negotiated.sack = info_.sack;
    c_.negotiated.timestamps = info_.timestamps;
    c_.ecn = info_.ecn;
    // After the peer's FIN the receive side counts as shut down whether or not SHUT_RD was called.
    c_.shut_down_receive = !has_received_fin(c_.state) && (readiness(socket_) & POLLRDHUP) != 0;
  }

  // SIOCINQ does not count the peer's FIN, SIOCOUTQ and SIOCOUTQNSD count ours.
  void read_sequences() {
    const QueueCounts counts = read_counts(socket_);
    unread_ = count_unread(socket_);
    c_.rcv_nxt = read_queue_sequence(socket_, RepairQueue::receive);
    c_.copied_seq = c_.rcv_nxt - (has_received_fin(c_.state) ? 1 : 0) - unread_.bytes;
    c_.write_seq = read_queue_sequence(socket_, RepairQueue::send);
    c_.snd_una = c_.write_seq - counts.outq;
    c_.snd_nxt = c_.write_seq - counts.unsent;
    select_queue(socket_, RepairQueue::none);
    // After a reset the send queue is gone, and its numbers stand where they stood.
    if (c_.state == TcpState::close) c_.snd_una = c_.snd_nxt = c_.write_seq;
    c_.receive_urgent = unread_.urgent;
    c_.urgent_taken = unread_.taken;
  }

  void read_queues() {
    c_.receive_queue = peek_unread(socket_, unread_);
    c_.send_queue = peek_queue(socket_, RepairQueue::send, sent_bytes(c_) + unsent_bytes(c_));
    select_queue(socket_, RepairQueue::none);
    c_.send_urgent_unknown = !c_.send_queue.empty();  // no call tells
  }

  int socket_;
  TcpConnection c_;
  TcpInfo info_;
  Unread unread_;
};

}  // namespace

// The kernel refuses a length above the name's own.
Address read_peer_name(int socket, int domain) {
  sockaddr_storage storage{};
  get_option_bytes(socket, SOL_SOCKET, SO_PEERNAME, "SO_PEERNAME", &storage,
                   domain == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
  return from_sockaddr(storage);
}

void read_error(int socket, TcpConnection& c) {
  c.error = get_option(socket, option::error);
  const std::uint32_t fin = has_received_fin(c) ? 1 : 0;
  c.copied_seq = c.rcv_nxt - fin - static_cast<Sequence>(c.receive_queue.size());
}

std::string_view to_text(Reading reading) {
  switch (reading) {
    case Reading::names:
      return "read the names";
    case Reading::options:
      return "read the options";
    case Reading::enter_repair:
      return "enter repair mode";
    case Reading::state:
      return "read the state";
    case Reading::mss:
      return "read the MSS";
    case Reading::clock:
      return "read the time-stamp clock";
    case Reading::window:
      return "read the window";
    case Reading::sequences:
      return "read the sequence numbers";
    case Reading::queues:
      return "read the queues";
    case Reading::leave_repair:
      return "leave repair mode";
  }
  return "?";
}

std::vector<Reading> capture_readings() {
  using enum Reading;
  return {names, options, enter_repair, state, mss, clock, window, sequences, queues};
}

TcpConnection capture(int socket, const std::vector<Reading>& readings) {
  refuse_unsupported(socket);
  Capture capture(socket);
  for (const Reading reading : readings) {
    if (Trace* trace = Trace::current()) trace->remark(to_text(reading));
    capture.read(reading);
  }
  return capture.take();
}

}  // namespace sockcr
