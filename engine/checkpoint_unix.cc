// What a checkpoint does with unix sockets: who is connected to whom, and what their messages
// carry.
#include <fmt/format.h>
#include <sys/stat.h>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/checkpoint.h"
#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/unix/name.h"
#include "engine/unix/perform.h"
#include "engine/unix/unix.h"

namespace sockcr {
namespace {

struct stat facts_of(int descriptor) {
  struct stat facts {};
  call(
      "fstat", [&] { return ::fstat(descriptor, &facts); },
      [&] { return fmt::format("{}", descriptor); });
  return facts;
}

std::string held_by(std::uint64_t inode) {
  const std::string holder = holder_text(inode);
  if (holder.empty()) return "held by nobody whom we see";
  return fmt::format("held by {}, which is not in the set", holder);
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat one {};
  struct stat other {};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 &&
         one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

// What it calls a path leads us somewhere else.
bool sees_other_files(pid_t pid) {
  const std::string process = fmt::format("/proc/{}", pid);
  return !is_same_file(process + "/ns/mnt", "/proc/self/ns/mnt") ||
         !is_same_file(process + "/root", "/");
}

// What nobody had a descriptor of had no options of its own.
void forget_inherited(UnixSocket& waiting) { waiting.options.clear(); }

}  // namespace

Checkpoint::Taken Checkpoint::take_unix(FileDescriptor socket, const std::string& where) {
  if (unix_dump_.empty()) unix_dump_ = dump_unix();
  const std::string what = fmt::format("{} ({})", describe_unix(socket.get()), where);
  const auto diag = unix_dump_.find(facts_of(socket.get()).st_ino);
  if (diag == unix_dump_.end()) {
    throw Unsupported(what, "it belongs to another network namespace");
  }
  refuse_unsupported_unix(socket.get(), request_.leave_running);
  if (request_.leave_running && !diag->second.waiting.empty()) {
    throw Unsupported("connections that wait in the queue of " + what,
                      "they cannot be read and left running, for reading accepts them");
  }
  BeforeUnixPeeking before = before_unix_peeking(socket.get());
  return {std::move(socket), std::move(before), {}};
}

// What they carry is found on the way, and may carry something itself.
void Checkpoint::read_unix() {
  if (unix_dump_.empty()) return;
  stand_guard();  // peeking changes options
  for (std::size_t place = 0; place < found_.size(); ++place) {
    if (std::holds_alternative<BeforeUnixPeeking>(taken_[place].before)) read_unix(place);
  }
  for (const auto& [place, captured] : unix_) join_unix(place);
}

void Checkpoint::read_unix(std::size_t place) {
  const int socket = taken_[place].socket.get();
  CapturedUnix captured = capture_unix(socket, unix_dump_.at(found_[place].inode));
  for (PeekedMessage& one : captured.queue) {
    for (FileDescriptor& carried : one.carried) {
      const std::string carrier = to_text(captured.socket);
      one.message.rights.push_back({number_of(std::move(carried), carrier)});
    }
    captured.socket.queue.push_back(std::move(one.message));
  }
  captured.queue.clear();
  refuse_hidden(captured.socket);
  const bool path = is_path(captured.socket.name);
  const auto& holders = found_[place].holders;
  unix_.emplace(place, std::move(captured));
  if (!path || holders.empty() || !sees_other_files(holders.front().pid)) return;
  throw Unsupported(text_of_unix(place),
                    "its process has another root or mount namespace: run sockcr there");
}

// The next checkpoint would not see all that this one has seen (queue.h).
void Checkpoint::refuse_hidden(const UnixSocket& socket) const {
  if (!request_.leave_running || socket.type == UnixType::stream) return;
  const auto is_empty = [](const UnixMessage& one) { return one.payload.empty(); };
  if (std::none_of(socket.queue.begin(), socket.queue.end(), is_empty)) return;
  throw Unsupported("an empty message in the queue of " + to_text(socket),
                    "it cannot be read and left running, for the next checkpoint would not see it");
}

std::uint32_t Checkpoint::number_of(FileDescriptor carried, const std::string& carrier) {
  const struct stat facts = facts_of(carried.get());
  if (!S_ISSOCK(facts.st_mode)) {
    throw Unsupported(fmt::format("{} in a message for {}", path_of(carried), carrier),
                      "of what messages carry this release restores sockets only");
  }
  if (const std::uint32_t known = number_of(facts.st_ino); known != 0) return known;
  if (in_pieces_) {
    throw Unsupported(fmt::format("a socket in a message for {}", carrier),
                      "nobody has accepted the connection, and nobody else holds the socket");
  }
  found_.push_back({facts.st_ino, {}});
  taken_.push_back(take(std::move(carried), found_.back()));
  return static_cast<std::uint32_t>(found_.size());
}

// 0 for one that is not in the set.
std::uint32_t Checkpoint::number_of(std::uint64_t inode) const {
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (found_[i].inode == inode) return static_cast<std::uint32_t>(i + 1);
  }
  return 0;
}

std::string Checkpoint::text_of_unix(std::size_t place) const {
  const auto& holders = found_[place].holders;
  const std::string name = to_text(unix_.at(place).socket);
  if (holders.empty()) return name + " (in a message)";
  return fmt::format("{} (descriptor {} of process {})", name, holders.front().descriptor,
                     holders.front().pid);
}

bool Checkpoint::is_awaited(std::uint64_t inode) const {
  return std::any_of(unix_.begin(), unix_.end(), [&](const auto& one) {
    const auto& waiting = one.second.waiting;
    return std::find(waiting.begin(), waiting.end(), inode) != waiting.end();
  });
}

void Checkpoint::join_unix(std::size_t place) {
  CapturedUnix& captured = unix_.at(place);
  for (const std::uint64_t client : captured.waiting) {
    if (client == 0 || number_of(client) != 0) continue;
    throw Unsupported("a connection that waits in the queue of " + text_of_unix(place),
                      "its client is " + held_by(client));
  }
  const UnixDiag& diag = unix_dump_.at(found_[place].inode);
  if (!diag.connected || captured.socket.peer_gone) return;
  captured.socket.peer = captured.peer != 0 ? number_of(captured.peer) : 0;
  if (captured.socket.peer != 0) return;
  if (captured.peer != 0) {
    throw Unsupported(text_of_unix(place), "its peer is " + held_by(captured.peer));
  }
  if (is_awaited(found_[place].inode)) return;
  throw Unsupported(text_of_unix(place), "the listener that has not accepted it is not in the set");
}

void Checkpoint::accept_unix() {
  for (const auto& [place, captured] : unix_) {
    for (std::size_t n = 0; n < captured.waiting.size(); ++n) {
      add_accepted(accept_socket(taken_[place].socket.get()),
                   static_cast<std::uint32_t>(place + 1));
    }
  }
}

void Checkpoint::add_accepted(FileDescriptor accepted, std::uint32_t listener) {
  const auto dump = dump_unix();
  CapturedUnix captured = capture_unix(accepted.get(), dump.at(facts_of(accepted.get()).st_ino));
  UnixSocket& socket = captured.socket;
  for (PeekedMessage& one : captured.queue) {
    for (FileDescriptor& carried : one.carried) {
      one.message.rights.push_back({number_of(std::move(carried), to_text(socket))});
    }
    socket.queue.push_back(std::move(one.message));
  }
  forget_inherited(socket);
  socket.listener = listener;
  socket.peer = captured.peer != 0 ? number_of(captured.peer) : 0;
  accepted_.push_back(std::move(accepted));
  add(std::move(socket));
  const std::uint32_t peer = std::get<UnixSocket>(image_.sockets.back()).peer;
  if (peer == 0) return;
  std::get<UnixSocket>(image_.sockets[peer - 1]).peer =
      static_cast<std::uint32_t>(image_.sockets.size());
}

// What is in a message for itself is nobody's, and stays until the kernel's collector comes, which
// closing a unix socket calls (unix_gc). Who else has one, outside the set, is not waited for.
void Checkpoint::await_end_of_unix() const {
  const bool carried = std::any_of(found_.begin(), found_.end(),
                                   [](const FoundSocket& one) { return one.holders.empty(); });
  const bool by_rights = std::any_of(unix_.begin(), unix_.end(), [](const auto& one) {
    const auto& queue = one.second.socket.queue;
    return std::any_of(queue.begin(), queue.end(),
                       [](const UnixMessage& message) { return !message.rights.empty(); });
  });
  if (!carried && !by_rights) return;
  static_cast<void>(poll_until(std::chrono::seconds(1), [this] {
    make_socket(AF_UNIX, SOCK_STREAM, 0).reset();
    const auto left = dump_unix();
    return std::none_of(found_.begin(), found_.end(),
                        [&](const FoundSocket& one) { return left.contains(one.inode); });
  }));
}

// Clients that have gone connect, write and go once more.
void Checkpoint::put_unix_together() {
  if (unix_.empty()) return;
  const std::vector<UnixPlans> plans = plan_unix(image_);
  UnixPerformer performer([this](std::uint32_t n) { return taken_.at(n - 1).socket.get(); });
  for (std::size_t i = *in_pieces_; i < image_.sockets.size(); ++i) {
    const auto* waiting = std::get_if<UnixSocket>(&image_.sockets[i]);
    if (waiting == nullptr || waiting->listener == 0) continue;
    if (!waiting->peer_gone) {
      std::fprintf(stderr, "lost: a connection that waited in the queue of %s\n",
                   name_text(waiting->name).c_str());
      continue;
    }
    performer.adopt(waiting->listener, taken_.at(waiting->listener - 1).socket.get());
    performer.perform(plans[i].join);
  }
}

}  // namespace sockcr
