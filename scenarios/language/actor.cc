#include "scenarios/language/actor.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <tuple>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr::scenario {

std::string to_text(const Observed& observed) {
  return fmt::format("{}, {} unread, {} in the send queue, {} of them unsent{}",
                     to_text(observed.state), observed.queues.inq, observed.queues.outq,
                     observed.queues.unsent, observed.error_pending ? ", an error pending" : "");
}

void Actor::hold_in(Subject& subject, int socket) {
  descriptor_ = subject.hold(socket);
  subject_ = &subject;
  socket_.reset();
}

void Actor::share_with(Subject& subject) {
  const FileDescriptor socket = borrow();
  share_with(subject, socket.get());
}

void Actor::share_with(Subject& subject, int socket) { also_ = {&subject, subject.hold(socket)}; }

FileDescriptor Actor::borrow_the_other() const { return also_->first->borrow(also_->second); }

void Actor::use_the_other() {
  const std::pair used{subject_, descriptor_};
  std::tie(subject_, descriptor_) = *also_;
  also_ = used;
}

void Actor::hold_instead(int socket) { subject_->replace(descriptor_, socket); }

FileDescriptor Actor::borrow() const {
  return subject_ != nullptr ? subject_->borrow(descriptor_) : socket_.duplicate();
}

namespace {

bool is_mptcp(int socket) {
  return get_option(socket, SocketOption<int>{SOL_SOCKET, SO_PROTOCOL, "SO_PROTOCOL"}) ==
         IPPROTO_MPTCP;
}

}  // namespace

Observed Actor::observe() const {
  const FileDescriptor socket = borrow();
  const TcpState state = read_info(socket.get()).state;
  const bool error = (readiness(socket.get()) & POLLERR) != 0;
  // SIOCINQ and its kin are EINVAL on a listener.
  QueueCounts queues = state == TcpState::listen ? QueueCounts{} : read_counts(socket.get());
  // A reset has thrown the send queue away, and SIOCOUTQ goes on counting it.
  if (state == TcpState::close) queues.outq = queues.unsent = 0;
  // A kind that is refused. Where its peer speaks TCP only, as here, MPTCP adds what its own layer
  // has not done with yet to what TCP has not (mptcp_ioctl_outq): the same bytes, twice, until a
  // worker of its own comes by (Linux 6.1) or for good (6.18). What TCP holds, sock_diag tells as
  // well.
  if (is_mptcp(socket.get())) queues.outq = queues.unsent;
  return {state, queues, error};
}

void Actor::close() {
  const FileDescriptor last = let_go();
  has_shut_down = true;
}

void Actor::reset() {
  const FileDescriptor last = let_go();
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  set_option_bytes(last.get(), SOL_SOCKET, SO_LINGER, "SO_LINGER", &at_once, sizeof at_once);
}

FileDescriptor Actor::let_go() {
  if (subject_ == nullptr) return std::move(socket_);
  if (also_) also_->first->let_go(also_->second);
  also_.reset();
  return std::exchange(subject_, nullptr)->let_go(descriptor_);
}

}  // namespace sockcr::scenario
