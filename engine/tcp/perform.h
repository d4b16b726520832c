// Performing a plan: one action, one effect.
#pragma once

#include <map>
#include <optional>

#include "engine/sys/descriptor.h"
#include "engine/tcp/plan.h"

namespace sockcr {

// One raw socket for each family, made when first needed, shared by all sockets of a restore.
class Injectors {
 public:
  Injector& of(int family);

 private:
  std::map<int, Injector> injectors_;
};

// The socket under construction. Until it is taken it is in repair mode or closed, so that giving
// it up at any point says nothing to the peer.
class Performer {
 public:
  // `subject` names the connection in errors.
  Performer(std::string subject, Injectors& injectors)
      : subject_(std::move(subject)), injectors_(&injectors) {}

  // Throws SystemError or Violation, which name the connection and the action.
  void perform(const Action& action);
  void perform(const Plan& plan);

  const FileDescriptor& socket() const { return socket_; }

 private:
  void apply(const action::MakeSocket& a);
  void apply(const action::WriteOption& a);
  void apply(const action::AllowMapped& a);
  void apply(const action::EnterRepair& a);
  void apply(const action::Bind& a);
  void apply(const action::SetSequence& a);
  void apply(const action::LimitMss& a);
  void apply(const action::Connect& a);
  void apply(const action::SetNegotiated& a);
  void apply(const action::SetClock& a);
  void apply(const action::FillQueue& a);
  void apply(const action::SetWindow& a);
  void apply(const action::ShutDownWrite& a);
  void apply(const action::ShutDownRead& a);
  void apply(const action::Forge& a);
  void apply(const action::WriteUnsent& a);
  void apply(const action::Verify& a);
  void apply(const action::LeaveRepair& a);
  void apply(const action::Poke& a);
  void apply(const action::Ask& a);
  void apply(const action::Resend& a);
  void send_as_ours(const TcpConnection& c, Segment segment);

  std::string subject_;
  Injectors* injectors_;
  FileDescriptor socket_;
  std::optional<std::uint32_t> clock_offset_;  // in ms; getsockopt would hide the lowest bit
};

}  // namespace sockcr
