#include "engine/checkpoint.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <algorithm>
#include <csignal>
#include <cstdio>

#include "engine/ends_text.h"
#include "engine/kind.h"
#include "engine/process/open_file.h"
#include "engine/signatures.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/listener.h"
#include "engine/tcp/syn_sent.h"
#include "engine/tcp/time_wait.h"
#include "engine/tcp/unconnected.h"
#include "engine/tcp/undelivered_mark.h"

namespace sockcr {
namespace {

std::string where_text(const FoundSocket& found) {
  if (found.holders.empty()) return "in a message of a unix socket";
  const Holder& holder = found.holders.front();
  return fmt::format("descriptor {} of process {}", holder.descriptor, holder.pid);
}

// Whatever is neither of the internet's kinds that are restored nor a unix socket is refused in the
// words of its own kind.
void refuse_other_kinds(int socket, const std::string& where) {
  if (is_plain_tcp(socket) || is_udp(socket) || is_raw(socket) || is_unix(socket)) return;
  throw Unsupported(fmt::format("{} ({})", describe_kind(socket), where),
                    "this kind is not restored by this release");
}

const TcpDiag* find_held(const std::vector<TcpDiag>& dump, std::uint64_t inode) {
  const auto found = std::find_if(dump.begin(), dump.end(),
                                  [&](const TcpDiag& one) { return one.inode == inode; });
  return found == dump.end() ? nullptr : &*found;
}

void set_signed_peers(Socket& socket, const std::vector<SignedPeer>& peers) {
  std::visit(
      [&](auto& kind) {
        if constexpr (requires { kind.signed_peers; }) kind.signed_peers = peers;
      },
      socket);
}

const Frozen& frozen_holder(const std::vector<Frozen>& frozen, pid_t pid) {
  return *std::find_if(frozen.begin(), frozen.end(),
                       [&](const Frozen& f) { return f.pidfd().pid() == pid; });
}

bool was_never_connected(int socket) {
  try {
    static_cast<void>(read_peer_name(socket, get_option(socket, option::domain)));
    return false;
  } catch (const SystemError& error) {
    if (error.error_number() != ENOTCONN) throw;
    return true;
  }
}

bool is_held(const TcpDiag& one) { return one.inode != 0; }

// FIN_WAIT2 without a program is kept as TIME_WAIT is.
bool is_time_wait(const TcpDiag& one) {
  return !is_held(one) && (one.state == TcpState::time_wait || one.state == TcpState::fin_wait2);
}

// The dump's order is that of a hash table; an image's is always the same. Listeners of one address
// keep the order in which the kernel searches them.
void sort_by_ends(std::vector<TcpDiag>& dump) {
  std::stable_sort(dump.begin(), dump.end(),
                   [](const TcpDiag& a, const TcpDiag& b) { return ends_text(a) < ends_text(b); });
}

}  // namespace

std::uint64_t choose_image_id() {
  std::uint64_t id = 0;
  call(
      "getrandom", [&] { return ::getrandom(&id, sizeof id, 0); },
      [&] { return fmt::format("{:#x}, {}, 0", id, sizeof id); });
  return id;
}

Checkpoint::Checkpoint(CheckpointRequest request) : request_(std::move(request)) {
  for (const pid_t pid : request_.pids) {
    if (!stands_still(pid)) running_.push_back(PidFd::open(pid));
  }
  if (request_.use_bpf) {
    const auto orphans =
        request_.ownerless ? KernelReader::Orphans::read : KernelReader::Orphans::leave_out;
    reader_ = KernelReader::open(orphans, without_reader_);
  }
  stand_guard();
}

Checkpoint::~Checkpoint() {
  if (killed_) return;
  for (const Taken& taken : taken_) {
    try {
      give_back(taken);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while giving a socket back: %s\n", error.what());
    }
  }
  show_what_was_hidden();
  try {
    put_together();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "while building again what was read to pieces: %s\n", error.what());
  }
}

void Checkpoint::freeze() {
  for (const pid_t pid : request_.pids) frozen_.emplace_back(pid);
}

const Image& Checkpoint::read() {
  image_.circumstance = current_circumstance(request_.image_id);
  found_ = find_sockets(request_.pids);
  dump_ = dump_tcp();
  sort_by_ends(dump_);
  take();
  read_unix();
  stand_guard();
  if (reader_) reader_->look();
  for (std::size_t i = 0; i < found_.size(); ++i) {
    try {
      image_.sockets.push_back(unix_.contains(i) ? Socket(unix_.at(i).socket)
                                                 : read_held(taken_[i], found_[i].inode));
      set_signed_peers(image_.sockets.back(), taken_[i].signed_peers);
      complete(taken_[i].socket.get(), image_.sockets.back());
      name_program(taken_[i].socket.get(), image_.sockets.back());
      add_where(i);
    } catch (const SystemError& error) {
      throw error.about(where_text(found_[i]));
    }
  }
  refuse_dying_programs();
  if (request_.ownerless) read_without_descriptor();
  read_to_pieces();
  prober_.reset();  // a tap has one listener, and the next checkpoint behind this gate needs it
  return image_;
}

Socket Checkpoint::read_held(const Taken& taken, std::uint64_t inode) {
  const int socket = taken.socket.get();
  if (std::holds_alternative<BeforeTaking>(taken.before)) return read_raw(socket, inode);
  if (std::holds_alternative<BeforePeeking>(taken.before)) return read_udp(socket);
  switch (read_info(socket).state) {
    case TcpState::listen:
      return capture_listener(socket, dump_);
    case TcpState::syn_sent:
      return capture_syn_sent(socket);
    case TcpState::close:
      if (was_never_connected(socket)) return capture_unconnected(socket);
      break;
    default:
      break;
  }
  return capture(socket, request_.readings);
}

void Checkpoint::kill() {
  if (guardian_) guardian_->past_return();
  killed_ = true;
  for (Frozen& frozen : frozen_) frozen.kill();
  taken_.clear();
  accepted_.clear();
  await_end_of_unix();
  for (const TcpDiag& one : ownerless_) destroy_tcp(one);
  for (const TcpDiag& one : drained_) destroy_tcp(one);
  guardian_.reset();
}

// Everything is taken, and whatever must be refused is refused, before the first socket changes.
void Checkpoint::take() {
  for (const FoundSocket& socket : found_) {
    const Holder& holder = socket.holders.front();
    taken_.push_back(
        take(frozen_holder(frozen_, holder.pid).pidfd().take(holder.descriptor), socket));
  }
}

Checkpoint::Taken Checkpoint::take(FileDescriptor taken, const FoundSocket& found) {
  const std::string where = where_text(found);
  refuse_other_kinds(taken.get(), where);
  if (is_udp(taken.get())) return take_udp(std::move(taken), where);
  if (is_raw(taken.get())) return take_raw(std::move(taken), where);
  if (is_unix(taken.get())) return take_unix(std::move(taken), where);
  std::vector<SignedPeer> signed_peers;
  if (const TcpDiag* diag = find_held(dump_, found.inode)) {
    signed_peers = signed_peers_of(*diag, request_.md5_keys, where);
  }
  const BeforeRepair before = before_repair(taken.get());
  return {std::move(taken), before, std::move(signed_peers)};
}

void Checkpoint::give_back(const Taken& taken) {
  std::visit(
      [&](const auto& before) {
        if constexpr (requires { put_back(taken.socket.get(), before); }) {
          put_back(taken.socket.get(), before);
        }
      },
      taken.before);
}

Prober& Checkpoint::prober(std::string_view what) {
  if (!prober_) prober_.emplace(request_.gate, what);
  return *prober_;
}

void Checkpoint::add(Socket socket) {
  image_.sockets.push_back(std::move(socket));
  image_.where.emplace_back();
}

// What no call tells of a connection: BPF does, or, of some of it, the connection itself.
void Checkpoint::complete(int socket, Socket& read) {
  auto* connection = std::get_if<TcpConnection>(&read);
  if (connection == nullptr) return;
  if (reader_) reader_->complete(*connection);
  const bool has_tap = request_.gate != nullptr && request_.gate->tap();
  if (!connection->send_urgent_unknown || !has_tap) return;
  ask_for_urgent(socket, *connection, prober("the urgent byte of " + to_text(*connection)));
}

// The open file is of the moment in part.
void Checkpoint::add_where(std::size_t i) {
  const OwnedFile read = read_open_file(taken_[i].socket.get());
  *open_file_of(image_.sockets[i]) = read.file;
  image_.where.push_back({found_[i].inode, found_[i].holders, read.owner});
}

void Checkpoint::read_without_descriptor() {
  for (const TcpDiag& one : dump_) {
    if (!is_time_wait(one)) continue;
    auto seen = reader_ ? reader_->time_wait(one.local, one.remote) : std::nullopt;
    const auto ask = [&]() -> Prober& {
      return prober(fmt::format("{} {}", to_text(one.state), ends_text(one)));
    };
    // What was looked at before has no less time left; the first stage may have ended in between.
    if (seen) {
      seen->remaining_ms = std::min(seen->remaining_ms + second_stage_ms(one), remaining_ms(one));
    }
    add(seen ? *seen : capture_time_wait(one, ask()));
    ownerless_.push_back(one);
  }
}

// What is to be guarded grows: first the programs, before one of them is stopped, then their
// sockets too, before one of them is in repair mode.
void Checkpoint::stand_guard() {
  if (request_.guarded) guardian_ = Guardian(duties());
}

Guardian::Duties Checkpoint::duties() const {
  Guardian::Duties duties;
  for (const Taken& taken : taken_) {
    duties.undo.emplace_back([&taken] { give_back(taken); });
  }
  duties.undo.push_back(request_.open_gate);
  for (const PidFd& program : running_) {
    duties.undo.emplace_back([&program] { program.send(SIGCONT); });
  }
  for (const Frozen& program : frozen_) {
    duties.finish.emplace_back([&program] { program.pidfd().send(SIGKILL); });
  }
  return duties;
}

}  // namespace sockcr
