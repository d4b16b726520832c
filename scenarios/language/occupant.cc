#include "scenarios/language/occupant.h"

#include <fmt/format.h>

#include "engine/process/diag.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/round.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

// In repair mode, so that it comes and goes without a word.
FileDescriptor connected(const Address& local, const Address& remote) {
  FileDescriptor socket = make_tcp_socket(local.family);
  enter_repair(socket.get(), Reuse::force);
  bind_to(socket.get(), local);
  begin_to_connect(socket.get(), remote);
  return socket;
}

TcpTimeWait time_wait_between(const Address& local, const Address& remote) {
  TcpTimeWait socket;
  socket.state = TcpState::time_wait;
  socket.domain = local.family;
  socket.local = local;
  socket.remote = remote;
  socket.snd_nxt = 1000;
  socket.rcv_nxt = 2000;
  socket.window = 1000;
  socket.remaining_ms = 60'000;
  return socket;
}

void leave_time_wait(const Address& local, const Address& remote) {
  Image image;
  image.circumstance = current_circumstance(0);
  image.sockets.emplace_back(time_wait_between(local, remote));
  image.where.emplace_back();
  Restoration(std::move(image)).build();
}

// Of the address that the wire shows; where ours is mapped, the occupant is IPv4.
class Occupant {
 public:
  Occupant(Occupies how, const Conversation& talk)
      : local_(talk.ours_address), remote_(talk.peer_address), how_(how) {
    if (how == Occupies::with_connection) socket_ = connected(local_, remote_);
    if (how == Occupies::with_listener) socket_ = listen_at(local_, 1);
    if (how == Occupies::with_time_wait) leave_time_wait(local_, remote_);
  }

  void go() {
    socket_.reset();
    if (how_ != Occupies::with_time_wait) return;
    if (const auto left = find_tcp(local_, remote_)) {
      if (left->state == TcpState::time_wait) destroy_tcp(*left);
    }
  }

 private:
  Address local_, remote_;
  Occupies how_;
  FileDescriptor socket_;
};

std::string sockets_here() {
  std::string text;
  for (const TcpDiag& one : dump_tcp()) {
    text +=
        fmt::format("{} > {} {}; ", to_text(one.local), to_text(one.remote), to_text(one.state));
  }
  return text;
}

// Who is in the way, an engine of ours tells by that name.
void expect_clear_refusal(const World& world, const std::string& before,
                          const std::string& refusal) {
  const bool is_ours = !is_foreign(world.settings.engine);
  if (is_ours && refusal.find("is in the way") == std::string::npos) {
    throw Violation("what the engine says where its place is taken", "who is in the way", refusal);
  }
  const std::string after = sockets_here();
  if (before != after) throw Violation("sockets after a restore that failed", before, after);
}

}  // namespace

void restore_in_place_of_another(World& world, const CutPlan& plan) {
  Occupant occupant(plan.occupied, world.conversation(1));
  const std::string before = sockets_here();
  try {
    restore(world, plan);
    return occupant.go();
  } catch (const SystemError& refused) {
    expect_clear_refusal(world, before, refused.what());
  }
  occupant.go();
  restore(world, plan);
}

}  // namespace sockcr::scenario
