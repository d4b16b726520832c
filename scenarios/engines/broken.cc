#include "scenarios/engines/broken.h"

#include <algorithm>
#include <functional>

#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

template <class Kind>
void leave_out(Plan& plan) {
  std::erase_if(plan, [](const Action& a) { return std::holds_alternative<Kind>(a); });
}

template <class Kind>
void change(Plan& plan, const std::function<void(Kind&)>& edit) {
  for (Action& a : plan) {
    if (auto* kind = std::get_if<Kind>(&a)) edit(*kind);
  }
}

Mistake in_build(std::function<void(Plan&)> edit) {
  Mistake mistake;
  mistake.in_plan = [edit = std::move(edit)](SocketPlan& plan, const Socket&) { edit(plan.build); };
  return mistake;
}

Mistake in_readings(std::function<void(std::vector<Reading>&)> edit) {
  Mistake mistake;
  mistake.in_readings = std::move(edit);
  return mistake;
}

Mistake off_by_one() {
  return in_build([](Plan& plan) {
    change<action::SetSequence>(plan, [](action::SetSequence& a) {
      if (a.queue == RepairQueue::send) a.sequence += 1;
    });
  });
}

Mistake fill_queue_cut_short(RepairQueue queue) {
  return in_build([queue](Plan& plan) {
    change<action::FillQueue>(plan, [queue](action::FillQueue& a) {
      if (a.queue == queue) a.bytes = a.bytes.first(a.bytes.size() - 1);
    });
  });
}

Mistake scales_swapped() {
  return in_build([](Plan& plan) {
    change<action::SetNegotiated>(plan, [](action::SetNegotiated& a) {
      std::swap(a.negotiated.snd_wscale, a.negotiated.rcv_wscale);
    });
  });
}

// Plans refer to the connection's own bytes, so a changed byte belongs into the image.
Mistake wrong_byte() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    if (!c.send_queue.empty()) c.send_queue.front() ^= 1;
  });
}

Mistake urgent_unread_forgotten() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    c.receive_urgent = 0;
    c.urgent_taken = false;
  });
}

Mistake early_resume() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    plan.build.insert(plan.build.end(), plan.resume.begin(), plan.resume.end());
    plan.resume.clear();
  };
  return mistake;
}

Mistake never_resumed() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) { plan.resume.clear(); };
  return mistake;
}

}  // namespace

std::vector<EngineEntry> broken_engines() {
  std::vector<EngineEntry> all{
      broken_entry("sequence", "the send queue begins one number too high",
                   {"established.v4_active_empty_ts", "half_closed.v6_passive_unsent_nots"},
                   off_by_one()),
      broken_entry("window", "the window is not restored",
                   {"established.v4_active_unread_ts", "half_closed.v4_passive_unread_nots"},
                   in_build(leave_out<action::SetWindow>)),
      broken_entry("receive-queue", "the last byte of the receive queue is missing",
                   {"established.v4_active_unread_ts", "half_closed.v6_active_unread_ts"},
                   fill_queue_cut_short(RepairQueue::receive)),
      broken_entry("send-queue", "the last byte of the sent data is missing",
                   {"established.v4_active_lost_ts", "half_closed.v6_active_lost_nots"},
                   fill_queue_cut_short(RepairQueue::send)),
      broken_entry("unsent", "the unsent tail is lost",
                   {"established.v4_active_unsent_ts", "half_closed.v6_passive_unsent_ts"},
                   in_build(leave_out<action::WriteUnsent>)),
      broken_entry("wrong-byte", "one bit of the first byte of the send queue is flipped",
                   {"established.v4_active_unacked_ts", "half_closed.v6_active_lost_ts"},
                   wrong_byte()),
      broken_entry("timestamp", "the time-stamp clock is not restored",
                   {"established.v4_active_empty_ts", "half_closed.v4_passive_unsent_ts"},
                   in_build(leave_out<action::SetClock>)),
      broken_entry("options", "what the handshake negotiated is not restored",
                   {"established.v4_active_empty_ts", "half_closed.v6_active_unsent_ts"},
                   in_build(leave_out<action::SetNegotiated>)),
      broken_entry("scales", "the two window scales are swapped",
                   {"established.v4_active_empty_ts", "established.v6_passive_unread_ts"},
                   scales_swapped()),
      broken_entry("no-fin", "the FINs of the peer are not forged",
                   {"half_closed.v4_active_empty_ts", "last_ack.v6_passive_empty_ts"},
                   in_build(leave_out<action::Forge>)),
      broken_entry("no-shutdown", "our own FIN is not queued again",
                   {"fin_wait1.v4_active_lost_ts", "last_ack.v4_passive_empty_ts"},
                   in_build(leave_out<action::ShutDownWrite>)),
      broken_entry("unmarked", "forged segments carry no mark",
                   {"half_closed.v4_active_empty_ts", "fin_wait2.v6_active_empty_ts"},
                   in_build([](Plan& plan) {
                     change<action::Forge>(plan, [](action::Forge& a) { a.segment.ip.mark = 0; });
                   })),
      broken_entry(
          "urgent-unread", "an urgent byte of the peer comes back as any other",
          {"urgent_unread.v4_active_unread_ts_first", "urgent_unread.v6_active_unread_ts_inline"},
          urgent_unread_forgotten()),
      broken_entry(
          "urgent-taken", "an urgent byte that MSG_OOB has returned is returned again",
          {"urgent_unread.v4_active_unread_ts_taken", "urgent_unread.v6_active_unread_ts_taken"},
          in_every<TcpConnection>([](TcpConnection& c) { c.urgent_taken = false; })),
      broken_entry("urgent-unsent", "an urgent byte of ours is sent as any other",
                   {"urgent_unsent.v4_active_unsent_ts", "urgent_unsent.v6_active_lost_ts"},
                   in_every<TcpConnection>([](TcpConnection& c) { c.send_urgent = 0; })),
      broken_entry(
          "closes-aloud", "the program is killed outside repair mode",
          {"established.v4_active_empty_ts", "half_closed.v4_active_empty_ts"},
          in_readings([](std::vector<Reading>& r) { r.push_back(Reading::leave_repair); })),
      broken_entry("early-resume", "resumes before the gate opens",
                   {"established.v4_active_lost_ts", "half_closed.v6_active_unacked_ts"},
                   early_resume()),
      broken_entry("no-resume", "never leaves repair mode",
                   {"established.v4_active_empty_ts", "half_closed.v4_active_unsent_ts"},
                   never_resumed()),
  };
  for (EngineEntry& more : engines_broken_beyond_connections()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_beside_the_queues()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_elsewhere()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_with_datagrams()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_with_filters()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_with_raw_sockets()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_with_groups()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_with_unix_sockets()) all.push_back(std::move(more));
  for (EngineEntry& more : engines_broken_with_shared_sockets()) all.push_back(std::move(more));
  return all;
}

}  // namespace sockcr::scenario
