// A kernel on paper: what a plan's actions do to a connection's numbers, and what the real kernel
// would refuse. It knows nothing of plans; a plan that leads it to the wanted numbers is right.
#pragma once

#include "engine/tcp/plan.h"

namespace sockcr {

class PaperKernel {
 public:
  PaperKernel() { c_.state = TcpState::close; }
  // Throws Violation for what a kernel would refuse.
  void perform(const Plan& plan);

  const TcpConnection& connection() const { return c_; }
  const std::vector<Window>& windows() const { return windows_; }  // each that was set
  bool in_repair() const { return in_repair_; }

 private:
  void apply(const action::EnterRepair&) { in_repair_ = true; }
  void apply(const action::LeaveRepair&) { in_repair_ = false; }
  void apply(const action::Bind& a) { c_.local = a.local; }
  void apply(const action::Connect& a);
  void apply(const action::SetSequence& a);
  void apply(const action::SetNegotiated& a) { c_.negotiated = a.negotiated; }
  void apply(const action::SetClock& a) { c_.clock = a.clock; }
  void apply(const action::FillQueue& a);
  void apply(const action::TakeUrgent&);
  void apply(const action::SetWindow& a);
  void apply(const action::ShutDownWrite& a);
  void apply(const action::ShutDownRead&) { c_.shut_down_receive = true; }
  void apply(const action::Forge& a);
  void apply(const action::WriteUnsent& a);
  void apply(const action::MakeSocket& a) { c_.domain = static_cast<std::uint16_t>(a.domain); }
  template <class Other>
  void apply(const Other&) {}

  void mark_urgent(std::size_t urgent);
  void take_payload(const Segment& segment);
  void take_fin();
  void take_reset();
  void take_ack(Sequence ack);

  TcpConnection c_;
  std::vector<Window> windows_;
  bool in_repair_ = false;
};

}  // namespace sockcr
