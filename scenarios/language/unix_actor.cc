#include "scenarios/language/unix_actor.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/process.h"

namespace sockcr::scenario {

UnixActor& unix_actor(World& world, const std::string& name) { return world.unix_actors.at(name); }

pid_t by_another(const std::function<void()>& act) {
  ChildProcess child = ChildProcess::run(
      [&] {
        act();
        return 0;
      },
      CLONE_FILES, ChildProcess::Bond::loose);  // the parent's descriptors are its own, too
  const pid_t pid = child.pid();
  if (child.wait().code != 0) throw SystemError("a child", "that makes sockets", ECHILD);
  return pid;
}

std::string who_text(pid_t pid) { return fmt::format("pid {}, uid {}", pid, ::geteuid()); }

UnixName bytes_of(const std::string& name) {
  UnixName bytes(name.begin(), name.end());
  if (!bytes.empty() && bytes.front() == '@') bytes.front() = 0;
  return bytes;
}

bool waits_to_be_accepted(World& world, const UnixActor& who) {
  return who.type != SOCK_DGRAM && !who.peer.empty() &&
         unix_actor(world, who.peer).peer != who.actor.name();
}

void expect_text(const std::string& what, const std::string& wanted, const std::string& actual) {
  if (wanted != actual) throw Violation(what, wanted, actual);
}

}  // namespace sockcr::scenario
