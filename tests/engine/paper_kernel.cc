#include "tests/engine/paper_kernel.h"

#include <fmt/format.h>
#include <cerrno>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

void must(bool holds, std::string_view what) {
  if (!holds) throw Violation("a plan on paper", what, "not so");
}

void append(Bytes& queue, std::span<const std::uint8_t> bytes) {
  queue.insert(queue.end(), bytes.begin(), bytes.end());
}

TcpState after_our_fin(TcpState state) {
  return state == TcpState::close_wait ? TcpState::last_ack : TcpState::fin_wait1;
}

TcpState after_peers_fin(TcpState state) {
  return state == TcpState::established ? TcpState::close_wait : TcpState::closing;
}

TcpState after_ack_of_fin(TcpState state) {
  if (state == TcpState::fin_wait1) return TcpState::fin_wait2;
  return state == TcpState::last_ack ? TcpState::close : TcpState::time_wait;
}

}  // namespace

void PaperKernel::perform(const Plan& plan) {
  for (const Action& action : plan) {
    std::visit([this](const auto& a) { apply(a); }, action);
  }
}

void PaperKernel::apply(const action::Connect& a) {
  must(in_repair_, "no SYN leaves: connect in repair mode");
  c_.remote = a.remote;
  c_.state = TcpState::established;
}

void PaperKernel::apply(const action::SetSequence& a) {
  must(in_repair_ && c_.state == TcpState::close, "sequences are written before connect");
  if (a.queue == RepairQueue::receive) {
    c_.copied_seq = c_.rcv_nxt = a.sequence;
  } else {
    c_.snd_una = c_.snd_nxt = c_.write_seq = a.sequence;
  }
}

void PaperKernel::apply(const action::FillQueue& a) {
  must(in_repair_ && c_.state == TcpState::established, "queues are filled in repair mode");
  const auto length = static_cast<Sequence>(a.bytes.size());
  if (a.queue == RepairQueue::receive) {
    must(a.urgent == 0, "what is received becomes urgent by a segment");
    append(c_.receive_queue, a.bytes);
    c_.rcv_nxt += length;
  } else {
    must(c_.snd_nxt == c_.write_seq, "what counts as sent stands before what is unsent");
    mark_urgent(a.urgent);
    append(c_.send_queue, a.bytes);
    c_.snd_nxt = c_.write_seq += length;
  }
}

// tcp_repair_set_window()
void PaperKernel::apply(const action::SetWindow& a) {
  must(!after(a.window.rcv_wup, c_.rcv_nxt), "rcv_wup <= rcv_nxt");
  must(!after(a.window.snd_wl1, c_.rcv_nxt + a.window.rcv_wnd), "snd_wl1 <= rcv_nxt + rcv_wnd");
  must(a.window.max_window >= a.window.snd_wnd, "snd_wnd <= max_window");
  c_.window = a.window;
  windows_.push_back(a.window);
}

void PaperKernel::apply(const action::ShutDownWrite& a) {
  c_.state = after_our_fin(c_.state);
  must(!a.fin_counts_as_sent || c_.snd_nxt == c_.write_seq, "a FIN is sent behind all data");
  ++c_.write_seq;
  if (a.fin_counts_as_sent) c_.snd_nxt = c_.write_seq;
}

void PaperKernel::apply(const action::WriteUnsent& a) {
  must(!has_sent_fin(c_.state), "nothing is written behind a FIN");
  must(!windows_.empty(), "outside repair mode the window counts");
  mark_urgent(a.urgent);
  append(c_.send_queue, a.bytes);
  c_.write_seq += static_cast<Sequence>(a.bytes.size());
}

// tcp_mark_urg()
void PaperKernel::mark_urgent(std::size_t urgent) {
  if (urgent == 0) return;
  c_.send_urgent = c_.write_seq - c_.snd_una + static_cast<std::uint32_t>(urgent);
}

void PaperKernel::apply(const action::TakeUrgent&) {
  must(c_.receive_urgent != 0 && !c_.urgent_taken, "an urgent byte waits");
  c_.urgent_taken = true;
}

// tcp_check_urg(), tcp_data_queue()
void PaperKernel::take_payload(const Segment& segment) {
  if (segment.payload.empty()) return;
  const Sequence edge = c_.window.rcv_wup + c_.window.rcv_wnd;
  const auto length = static_cast<Sequence>(segment.payload.size());
  must(!windows_.empty() && !after(segment.seq + length, edge), "a segment lies in the window");
  must(after(segment.seq, c_.window.snd_wl1) || segment.seq == c_.window.snd_wl1,
       "a segment is not older than snd_wl1");
  if ((segment.flags & tcp_flag::urg) != 0) {
    must(segment.urgent_pointer == 0, "an urgent byte begins its segment");
    c_.receive_urgent = segment.seq - c_.copied_seq + 1;
  }
  append(c_.receive_queue, segment.payload);
  c_.rcv_nxt += length;
}

void PaperKernel::apply(const action::Forge& a) {
  must(a.segment.ip.mark != 0, "a forged segment is marked");
  must(a.segment.seq == c_.rcv_nxt, "seq == rcv_nxt");
  if ((a.segment.flags & tcp_flag::rst) != 0) return take_reset();
  take_ack(a.segment.ack);
  take_payload(a.segment);
  if ((a.segment.flags & tcp_flag::fin) != 0) take_fin();
}

void PaperKernel::take_ack(Sequence ack) {
  must(!before(ack, c_.snd_una) && !after(ack, c_.snd_nxt), "snd_una <= ack <= snd_nxt");
  const bool fin_waits = has_sent_fin(c_.state) && !fin_is_acked(c_.state);
  if (fin_waits && ack == c_.write_seq) {
    c_.state = after_ack_of_fin(c_.state);
  } else {
    must(ack == c_.snd_una, "the peer acknowledges no data that ours still holds");
  }
  c_.snd_una = ack;
}

void PaperKernel::take_fin() {
  c_.state = after_peers_fin(c_.state);
  ++c_.rcv_nxt;
}

// tcp_reset()
void PaperKernel::take_reset() {
  c_.error = c_.state == TcpState::close_wait ? EPIPE : ECONNRESET;
  c_.state = TcpState::close;
}

}  // namespace sockcr
