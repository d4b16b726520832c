#include "scenarios/engines/broken.h"

#include <algorithm>
#include <functional>

#include "scenarios/engines/native.h"

namespace sockcr::scenario {
namespace {

// One mistake, as edits of the values that a cut consists of.
struct Mistake {
  std::function<void(std::vector<Reading>&)> in_readings = [](auto&) {};
  std::function<void(TcpConnection&)> in_connection = [](auto&) {};
  std::function<void(SocketPlan&, const Socket&)> in_plan = [](auto&, const auto&) {};
};

class Broken : public Native {
 public:
  explicit Broken(Mistake mistake) : mistake_(std::move(mistake)) {}

 protected:
  void edit(std::vector<Reading>& readings) const override { mistake_.in_readings(readings); }
  void edit(Image& image) const override {
    for (Socket& socket : image.sockets) {
      if (auto* connection = std::get_if<TcpConnection>(&socket)) {
        mistake_.in_connection(*connection);
      }
    }
  }
  void edit(SocketPlan& plan, const Socket& socket) const override {
    std::erase_if(plan.build,
                  [](const Action& a) { return std::holds_alternative<action::Verify>(a); });
    mistake_.in_plan(plan, socket);
  }

 private:
  Mistake mistake_;
};

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
  Mistake mistake;
  mistake.in_connection = [](TcpConnection& c) {
    if (!c.send_queue.empty()) c.send_queue.front() ^= 1;
  };
  return mistake;
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

EngineEntry entry(std::string name, std::string about, std::vector<std::string> cases,
                  Mistake mistake) {
  return {"broken:" + std::move(name), std::move(about), std::move(cases),
          [mistake = std::move(mistake)] { return std::make_unique<Broken>(mistake); }};
}

}  // namespace

std::vector<EngineEntry> broken_engines() {
  return {
      entry("sequence", "the send queue begins one number too high",
            {"established.v4_active_empty_ts", "half_closed.v6_passive_unsent_nots"}, off_by_one()),
      entry("window", "the window is not restored",
            {"established.v4_active_unread_ts", "half_closed.v4_passive_unread_nots"},
            in_build(leave_out<action::SetWindow>)),
      entry("receive-queue", "the last byte of the receive queue is missing",
            {"established.v4_active_unread_ts", "half_closed.v6_active_unread_ts"},
            fill_queue_cut_short(RepairQueue::receive)),
      entry("send-queue", "the last byte of the sent data is missing",
            {"established.v4_active_lost_ts", "half_closed.v6_active_lost_nots"},
            fill_queue_cut_short(RepairQueue::send)),
      entry("unsent", "the unsent tail is lost",
            {"established.v4_active_unsent_ts", "half_closed.v6_passive_unsent_ts"},
            in_build(leave_out<action::WriteUnsent>)),
      entry("wrong-byte", "one bit of the first byte of the send queue is flipped",
            {"established.v4_active_unacked_ts", "half_closed.v6_active_lost_ts"}, wrong_byte()),
      entry("timestamp", "the time-stamp clock is not restored",
            {"established.v4_active_empty_ts", "half_closed.v4_passive_unsent_ts"},
            in_build(leave_out<action::SetClock>)),
      entry("options", "what the handshake negotiated is not restored",
            {"established.v4_active_empty_ts", "half_closed.v6_active_unsent_ts"},
            in_build(leave_out<action::SetNegotiated>)),
      entry("scales", "the two window scales are swapped",
            {"established.v4_active_empty_ts", "established.v6_passive_unread_ts"},
            scales_swapped()),
      entry("no-fin", "the FINs of the peer are not forged",
            {"half_closed.v4_active_empty_ts", "last_ack.v6_passive_empty_ts"},
            in_build(leave_out<action::Forge>)),
      entry("no-shutdown", "our own FIN is not queued again",
            {"fin_wait1.v4_active_lost_ts", "last_ack.v4_passive_empty_ts"},
            in_build(leave_out<action::ShutDownWrite>)),
      entry("unmarked", "forged segments carry no mark",
            {"half_closed.v4_active_empty_ts", "fin_wait2.v6_active_empty_ts"},
            in_build([](Plan& plan) {
              change<action::Forge>(plan, [](action::Forge& a) { a.segment.mark = 0; });
            })),
      entry("closes-aloud", "the program is killed outside repair mode",
            {"established.v4_active_empty_ts", "half_closed.v4_active_empty_ts"},
            in_readings([](std::vector<Reading>& all) { all.push_back(Reading::leave_repair); })),
      entry("early-resume", "resumes before the gate opens",
            {"established.v4_active_lost_ts", "half_closed.v6_active_unacked_ts"}, early_resume()),
      entry("no-resume", "never leaves repair mode",
            {"established.v4_active_empty_ts", "half_closed.v4_active_unsent_ts"}, never_resumed()),
  };
}

}  // namespace sockcr::scenario
