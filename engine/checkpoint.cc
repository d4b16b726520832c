#include "engine/checkpoint.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <algorithm>
#include <cstdio>

#include "engine/process/find.h"
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

Checkpoint::~Checkpoint() {
  for (const Taken& taken : taken_) {
    if (killed_ || !taken.in_repair || taken.was_in_repair) continue;
    try {
      leave_repair(taken.socket.get(), WindowProbe::no);
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

  // Everything is taken, and whatever must be refused is refused, before the first socket changes.
  for (const FoundSocket& socket : found) {
    const Holder& holder = socket.holders.front();
    FileDescriptor taken = frozen_holder(frozen_, holder.pid).pidfd().take(holder.descriptor);
    refuse_other_kinds(taken.get(), holder);
    const bool in_repair = get_option(taken.get(), option::repair) != 0;
    taken_.push_back({std::move(taken), false, in_repair});
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    try {
      taken_[i].in_repair = true;
      image_.sockets.emplace_back(capture(taken_[i].socket.get(), request_.readings));
    } catch (const SystemError& error) {
      throw error.about(where_text(found[i].holders.front()));
    }
    image_.where.push_back({found[i].inode, found[i].holders});
  }
  return image_;
}

void Checkpoint::kill() {
  killed_ = true;
  for (Frozen& frozen : frozen_) frozen.kill();
}

}  // namespace sockcr
