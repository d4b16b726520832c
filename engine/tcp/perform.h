// Performing a plan: one action, one effect.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "engine/sys/descriptor.h"
#include "engine/tcp/info.h"
#include "engine/tcp/injectors.h"
#include "engine/tcp/plan.h"

namespace sockcr {

// The socket under construction. Until it is taken it is in repair mode or closed, so that giving
// it up at any point says nothing to the peer; what its plan lets go of is on its own.
class Performer {
 public:
  // `subject` names the connection in errors.
  Performer(std::string subject, Injectors& injectors)
      : subject_(std::move(subject)), injectors_(&injectors) {}

  // Throws SystemError or Violation, which name the connection and the action.
  void perform(const Action& action);
  void perform(const Plan& plan);

  const FileDescriptor& socket() const { return socket_; }
  // Options that could not be written whole, in words (write_option).
  const std::vector<std::string>& losses() const { return losses_; }

 private:
  void apply(const action::MakeSocket& a);
  void apply(const action::WriteOption& a);
  void apply(const action::SignWith& a);
  void apply(const action::AllowMapped& a);
  void apply(const action::EnterRepair& a);
  void apply(const action::Bind& a);
  void apply(const action::SetSequence& a);
  void apply(const action::LimitMss& a);
  void apply(const action::Connect& a);
  void apply(const action::SetNegotiated& a);
  void apply(const action::SetClock& a);
  void apply(const action::FillQueue& a);
  void apply(const action::TakeUrgent& a);
  void apply(const action::SetWindow& a);
  void apply(const action::ShutDownWrite& a);
  void apply(const action::ShutDownRead& a);
  void apply(const action::Forge& a);
  void apply(const action::WriteUnsent& a);
  void apply(const action::AttachFilter& a);
  void apply(const action::Verify& a);
  void apply(const action::Listen& a);
  void apply(const action::ConnectAloud& a);
  void apply(const action::FollowFirstSyn& a);
  void apply(const action::AwaitClock& a);
  void apply(const action::LingerFor& a);
  void apply(const action::LetGo& a);
  void apply(const action::Expect& a);
  void apply(const action::LeaveRepair& a);
  void apply(const action::Poke& a);
  void apply(const action::Ask& a);
  void apply(const action::Resend& a);
  void fill_up_to_the_mark(std::span<const std::uint8_t> bytes);
  void acknowledge(const TcpConnection& c);
  std::size_t full_segment(const TcpConnection& c) const;
  void send_as_peer(Segment segment);
  // False, and nothing is sent, where it is not due any more when everything else is done, or where
  // the socket has something to say each time.
  [[nodiscard]] bool send_as_ours(const TcpConnection& c, Segment segment,
                                  const std::function<bool()>& is_still_due);
  void await_segment(const TcpConnection& c, std::uint32_t before) const;
  std::uint32_t clock_of_ours(const TcpConnection& c) const;
  // What is left of the connection, also when its descriptor was let go.
  struct Standing {
    QueueCounts queues;
    TcpInfo info;
  };
  Standing look_at(const TcpConnection& c) const;

  std::string subject_;
  Injectors* injectors_;
  FileDescriptor socket_;
  std::vector<Md5Key> keys_;
  std::vector<std::string> losses_;
  TimestampClock clock_{};                     // as it was promised
  std::optional<std::uint32_t> clock_offset_;  // in ms; getsockopt would hide the lowest bit
  bool is_unasked_ = false;                    // an Ask has not been sent
  std::uint32_t connected_at_ = 0;             // CLOCK_MONOTONIC, ms, right after a ConnectAloud
};

}  // namespace sockcr
