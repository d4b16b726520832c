// What a restore does with what several descriptors share.
#include <fmt/format.h>
#include <unistd.h>

#include "engine/process/open_file.h"
#include "engine/restore.h"

namespace sockcr {

// Last, for a build waits where a socket does, and here nothing waits any more.
void Restoration::build_open_files() {
  for (std::size_t i = 0; i < image_.sockets.size(); ++i) {
    const OpenFile* const file = open_file_of(image_.sockets[i]);
    if (file != nullptr && *file != OpenFile{}) write_open_file(socket(i), *file);
  }
}

void Restoration::give_owners(const std::function<pid_t(pid_t then)>& now) {
  for (std::size_t i = 0; i < image_.sockets.size(); ++i) {
    const pid_t then = image_.where[i].owner_pid;
    if (then == 0 || !is_of_image(image_, then)) continue;
    const pid_t owner = now(then);
    const SignalOwner kind = open_file_of(image_.sockets[i])->owner;
    if (owner == 0 || (kind == SignalOwner::group && ::getpgid(owner) != owner)) continue;
    write_owner(socket(i), kind, owner);
    owned_.insert(i);
  }
}

std::vector<std::string> Restoration::lost_owner(std::size_t i) const {
  const std::int32_t then = image_.where[i].owner_pid;
  if (then == 0 || owned_.contains(i)) return {};
  return {fmt::format("whom its signals go to, {} {}",
                      to_text(open_file_of(image_.sockets[i])->owner), then)};
}

}  // namespace sockcr
