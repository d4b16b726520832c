#include "engine/checkpoint.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <algorithm>
#include <csignal>
#include <cstdio>

#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/repair.h"
#include "engine/udp/udp.h"
#include "engine/unix/unix.h"

namespace sockcr {
namespace {

std::string where_text(const Holder& holder) {
  return fmt::format("descriptor {} of process {}", holder.descriptor, holder.pid);
}

// Whatever is not TCP is refused in the words of its own kind.
void refuse_other_kinds(int socket, const Holder& holder) {
  const int domain = get_option(socket, option::domain);
  const int protocol = get_option(socket, option::protocol);
  const bool internet = domain == AF_INET || domain == AF_INET6;
  if (internet && protocol == IPPROTO_TCP) return;
  std::string what = fmt::format("socket of domain {}, protocol {}", domain, protocol);
  if (domain == AF_UNIX) what = describe_unix(socket);
  if (internet && (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE)) {
    what = describe_udp(socket);
  }
  throw Unsupported(fmt::format("{} ({})", what, where_text(holder)),
                    "this kind is not restored by this release");
}

const Frozen& frozen_holder(const std::vector<Frozen>& frozen, pid_t pid) {
  return *std::find_if(frozen.begin(), frozen.end(),
                       [&](const Frozen& f) { return f.pidfd().pid() == pid; });
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
  stand_guard();
}

Checkpoint::~Checkpoint() {
  if (killed_) return;
  for (const Taken& taken : taken_) {
    try {
      put_back(taken.socket.get(), taken.before);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while giving a socket back: %s\n", error.what());
    }
  }
}

void Checkpoint::freeze() {
  for (const pid_t pid : request_.pids) frozen_.emplace_back(pid);
}

const Image& Checkpoint::read() {
  image_.circumstance = current_circumstance(request_.image_id);
  const std::vector<FoundSocket> found = find_sockets(request_.pids);
  take(found);
  stand_guard();
  for (std::size_t i = 0; i < found.size(); ++i) {
    try {
      image_.sockets.emplace_back(capture(taken_[i].socket.get(), request_.readings));
    } catch (const SystemError& error) {
      throw error.about(where_text(found[i].holders.front()));
    }
    image_.where.push_back({found[i].inode, found[i].holders});
  }
  return image_;
}

void Checkpoint::kill() {
  if (guardian_) guardian_->past_return();
  killed_ = true;
  for (Frozen& frozen : frozen_) frozen.kill();
  guardian_.reset();
}

// Everything is taken, and whatever must be refused is refused, before the first socket changes.
void Checkpoint::take(const std::vector<FoundSocket>& found) {
  for (const FoundSocket& socket : found) {
    const Holder& holder = socket.holders.front();
    FileDescriptor taken = frozen_holder(frozen_, holder.pid).pidfd().take(holder.descriptor);
    refuse_other_kinds(taken.get(), holder);
    const BeforeRepair before = before_repair(taken.get());
    taken_.push_back({std::move(taken), before});
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
    duties.undo.emplace_back([&taken] { put_back(taken.socket.get(), taken.before); });
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
