// Performing the plans of the unix sockets of an image: one action, one effect.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/sys/descriptor.h"
#include "engine/unix/plan.h"

namespace sockcr {

// The sockets under construction.
class UnixPerformer {
 public:
  // `other_socket`: the descriptor of a socket of the image that is no unix socket, for messages
  // that carry it.
  explicit UnixPerformer(std::function<int(std::uint32_t)> other_socket)
      : other_socket_(std::move(other_socket)) {}
  UnixPerformer(const UnixPerformer&) = delete;
  UnixPerformer& operator=(const UnixPerformer&) = delete;

  // Throws SystemError or Unsupported, which name the action.
  void perform(const UnixPlan& plan);

  int socket(std::uint32_t number) const;  // -1 where there is none
  // One that stands already; it stays its owner's.
  void adopt(std::uint32_t number, int standing);
  // Nothing is left of them: what was bound is unlinked.
  void give_up();

  // What could not be given back for want of rights, or because a number is taken: a clause each.
  const std::vector<std::string>& lost() const { return lost_; }

 private:
  void apply(const unix_action::MakeSocket& a);
  void apply(const unix_action::MakePair& a);
  void apply(const unix_action::WriteOption& a);
  void apply(const unix_action::Bind& a);
  void apply(const unix_action::Listen& a);
  void apply(const unix_action::Connect& a);
  void apply(const unix_action::Accept& a);
  void apply(const unix_action::MakeRoom& a);
  void apply(const unix_action::Send& a);
  void apply(const unix_action::LeaveUnread& a);
  void apply(const unix_action::Close& a);
  void apply(const unix_action::ShutDown& a);
  void apply(const unix_action::AttachFilter& a);
  void as(const Credentials& who, const std::string& what, const std::function<void()>& call);
  void send(std::uint32_t from, std::uint32_t to, const UnixMessage& message);
  bool needs_address(std::uint32_t from, std::uint32_t to) const;
  void bind_path(const unix_action::Bind& a);
  void set_owner(const std::string& path, const UnixNode& node);

  std::function<int(std::uint32_t)> other_socket_;
  std::map<std::uint32_t, FileDescriptor> sockets_;
  std::map<std::uint32_t, std::uint32_t>
      partners_;                    // of pairs: each finds the other without a name
  std::vector<std::string> bound_;  // absolute paths
  std::vector<std::string> lost_;
};

}  // namespace sockcr
