// Performing a plan of a UDP socket: one action, one effect.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/sys/descriptor.h"
#include "engine/udp/forge.h"
#include "engine/udp/plan.h"

namespace sockcr {

// The socket under construction. Giving it up says nothing to anybody.
class UdpPerformer {
 public:
  // `subject` names the socket in errors.
  UdpPerformer(std::string subject, Forger& forger)
      : subject_(std::move(subject)), forger_(&forger) {}
  // On a socket that stands already; it stays its owner's.
  UdpPerformer(std::string subject, Forger& forger, int standing)
      : subject_(std::move(subject)), forger_(&forger), socket_(standing) {}

  // Throws SystemError or Violation, which name the socket and the action.
  void perform(const UdpAction& action);
  void perform(const UdpPlan& plan);

  int socket() const { return socket_; }  // -1 before MakeSocket
  // Options that could not be written whole, in words (write_option).
  const std::vector<std::string>& losses() const { return losses_; }

 private:
  void apply(const udp_action::MakeSocket& a);
  void apply(const udp_action::WriteOption& a);
  void apply(const udp_action::AcceptMarkedOnly& a);
  void apply(const udp_action::AcceptNothing& a);
  void apply(const udp_action::AcceptAll& a);
  void apply(const udp_action::AttachFilter& a);
  void apply(const udp_action::MakeRoom& a);
  void apply(const udp_action::Bind& a);
  void apply(const udp_action::Cork& a);
  void apply(const udp_action::BindHost& a);
  void apply(const udp_action::ConnectHost& a);
  void apply(const udp_action::Join& a);
  void apply(const udp_action::FilterSources& a);
  void apply(const udp_action::Drain& a);
  void apply(const udp_action::PutBack& a);
  void apply(const udp_action::Connect& a);
  void apply(const udp_action::ShutDown& a);
  void put_back(const Datagram& datagram, const Transport& transport);

  std::string subject_;
  Forger* forger_;
  FileDescriptor own_;
  int socket_ = -1;
  std::vector<std::string> losses_;
};

}  // namespace sockcr
