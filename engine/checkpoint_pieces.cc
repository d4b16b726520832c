// What a checkpoint does with what only reading to pieces can read: the queues of a listener,
// orphans, pending errors.
#include <fmt/format.h>
#include <poll.h>

#include "engine/checkpoint.h"
#include "engine/ends_text.h"
#include "engine/queues_of_listener.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/tcp/orphan.h"

namespace sockcr {

std::vector<TakenListener> Checkpoint::listeners() const {
  std::vector<TakenListener> listeners;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const auto* listener = std::get_if<TcpListener>(&image_.sockets[i]);
    if (listener == nullptr) continue;
    listeners.push_back({taken_[i].socket.get(), *listener, static_cast<std::uint32_t>(i + 1)});
  }
  return listeners;
}

// What only reading to pieces can read; the programs could not go on afterwards.
void Checkpoint::refuse_pieces(const Pieces& pieces) const {
  const std::string reason = "it cannot be read and left running, for reading takes it to pieces";
  const auto refuse = [&](const std::string& what) { throw Unsupported(what, reason); };
  const auto refuse_without_bpf = [&](const std::string& what) {
    throw Unsupported(what, reason + fmt::format(" without BPF ({})", without_reader_));
  };
  for (const auto& [listener, requests] : pieces.queues) {
    if (!requests.empty()) refuse_without_bpf("SYN_RECV " + ends_text(requests.front()));
    if (has_unaccepted(listener.socket)) refuse("accept queue of " + to_text(listener.listener));
  }
  for (const TcpDiag& orphan : pieces.orphans) refuse_without_bpf("an orphan " + ends_text(orphan));
  for (const std::size_t i : pieces.errors) {
    refuse("pending error of " + to_text(std::get<TcpConnection>(image_.sockets[i])));
  }
}

// Forging a handshake would take a signature that its SYN has no room for; asking an orphan, one
// that the prober does not make.
void Checkpoint::refuse_signed(const Pieces& pieces) const {
  const auto refuse = [](const std::string& what) {
    throw Unsupported("TCP-MD5 of " + what, "its signatures are not restored by this release");
  };
  for (const auto& [listener, requests] : pieces.queues) {
    if (listener.listener.signed_peers.empty()) continue;
    if (!requests.empty()) refuse("SYN_RECV " + ends_text(requests.front()));
    if (has_unaccepted(listener.socket)) refuse("accept queue of " + to_text(listener.listener));
  }
  for (const TcpDiag& orphan : pieces.orphans) {
    if (!orphan.md5_keys.empty()) refuse("an orphan " + ends_text(orphan));
  }
}

Checkpoint::Pieces Checkpoint::find_pieces() const {
  Pieces pieces;
  const std::vector<TakenListener> all = listeners();
  for (const TakenListener& one : all) pieces.queues.push_back({one, {}});
  for (const TcpDiag& one : dump_) {
    if (one.state == TcpState::syn_recv || one.state == TcpState::new_syn_recv) {
      if (const auto owner = listener_of(one, all)) pieces.queues[*owner].second.push_back(one);
    }
    if (request_.ownerless && is_orphan(one)) pieces.orphans.push_back(one);
  }
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const auto* c = std::get_if<TcpConnection>(&image_.sockets[i]);
    if (c != nullptr && c->state == TcpState::close &&
        (readiness(taken_[i].socket.get()) & POLLERR) != 0) {
      pieces.errors.push_back(i);
    }
  }
  return pieces;
}

bool Checkpoint::read_whole(const TcpDiag& found, const TakenListener& listener) {
  auto request = reader_->request(found.local, found.remote);
  if (!request) return false;
  request->listener = listener.number;
  add(*request);
  ownerless_.push_back(found);
  return true;
}

bool Checkpoint::read_whole(const TcpDiag& found) {
  auto orphan = reader_->orphan(found.local, found.remote, without_reader_);
  if (!orphan) return false;
  add(std::move(*orphan));
  ownerless_.push_back(found);
  return true;
}

// Leaves in `pieces` what BPF could not read.
void Checkpoint::read_whole(Pieces& pieces) {
  if (!reader_) return;
  for (auto& [listener, requests] : pieces.queues) {
    std::erase_if(requests,
                  [&, &taken = listener](const TcpDiag& one) { return read_whole(one, taken); });
  }
  std::erase_if(pieces.orphans, [&](const TcpDiag& one) { return read_whole(one); });
}

void Checkpoint::read_to_pieces() {
  Pieces pieces = find_pieces();
  refuse_signed(pieces);
  refuse_filtered(pieces);
  read_whole(pieces);
  if (request_.leave_running) return refuse_pieces(pieces);
  in_pieces_ = image_.sockets.size();
  take_raw_queues();
  for (const auto& [listener, requests] : pieces.queues) {
    const auto ask = [&, what = to_text(listener.listener)]() -> Prober& {
      return prober("SYN_RECV in the queue of " + what);
    };
    ReadQueues read = read_queues(listener, requests, ask, request_.readings);
    std::move(read.descriptors.begin(), read.descriptors.end(), std::back_inserter(accepted_));
    for (const TcpRequest& request : read.requests) add(request);
    for (TcpConnection& child : read.unaccepted) {
      add(std::move(child));
      if (reader_) reader_->complete(std::get<TcpConnection>(image_.sockets.back()));
    }
  }
  accept_unix();
  for (const TcpDiag& orphan : pieces.orphans) {
    Prober& asked = prober("an orphan " + ends_text(orphan));
    add(drain_orphan(orphan, asked, *request_.gate));
    drained_.push_back(orphan);
  }
  for (const std::size_t i : pieces.errors) {
    read_error(taken_[i].socket.get(), std::get<TcpConnection>(image_.sockets[i]));
  }
}

// Undoing is restoring: the queues are filled again, the orphans built anew. (A pending error that
// was read is not pending any more.)
void Checkpoint::put_together() {
  if (!in_pieces_) return;
  fill_raw_queues();
  put_unix_together();
  accepted_.clear();
  for (const TcpDiag& one : drained_) destroy_tcp(one);
  const std::vector<SocketPlan> plans = plans_of(image_, *in_pieces_);
  Injectors injectors;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    Performer(to_text(image_.sockets[*in_pieces_ + i]), injectors).perform(plans[i].build);
  }
}

}  // namespace sockcr
