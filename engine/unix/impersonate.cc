#include "engine/unix/impersonate.h"

#include <fmt/format.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

constexpr int not_allowed = 255;  // no errno

Credentials own_credentials() { return {::getpid(), ::geteuid(), ::getegid()}; }

// By the system calls themselves: those of the C library would change every thread.
bool take_ids(const Credentials& who) {
  if (who.gid != ::getegid() && ::syscall(SYS_setresgid, -1, who.gid, -1) != 0) return false;
  return who.uid == ::geteuid() || ::syscall(SYS_setresuid, -1, who.uid, -1) == 0;
}

void give_ids_back(const Credentials& own) {
  ::syscall(SYS_setresuid, -1, own.uid, -1);
  ::syscall(SYS_setresgid, -1, own.gid, -1);
}

int act_and_tell(const std::function<void()>& act) {
  try {
    act();
    return 0;
  } catch (const SystemError& error) {
    return error.error_number() < not_allowed ? error.error_number() : EIO;
  }
}

// -1 where the kernel does not let it.
pid_t be_born(pid_t number) {
  clone_args arguments{};
  arguments.flags = CLONE_FILES;
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<__u64>(&number);
  arguments.set_tid_size = 1;
  return static_cast<pid_t>(try_call(
      "clone3", [&] { return ::syscall(SYS_clone3, &arguments, sizeof arguments); },
      [&] { return fmt::format("{{flags=CLONE_FILES, set_tid=[{}]}}", number); }));
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

bool judge(int code, const Credentials& who) {
  if (code == not_allowed) return false;
  if (code != 0) throw SystemError("a call", "as " + to_text(who), code);
  return true;
}

bool act_with_other_ids(const Credentials& who, const std::function<void()>& act) {
  const Credentials own = own_credentials();
  if (!take_ids(who)) {
    give_ids_back(own);
    return false;
  }
  const int code = act_and_tell(act);
  give_ids_back(own);
  return judge(code, who);
}

}  // namespace

bool act_as(const Credentials& who, const std::function<void()>& act) {
  if (who == own_credentials()) {
    act();
    return true;
  }
  if (who.pid == ::getpid()) return act_with_other_ids(who, act);
  if (who.pid <= 0) return false;
  const pid_t child = be_born(who.pid);
  if (child < 0) return false;
  if (child == 0) ::_exit(take_ids(who) ? act_and_tell(act) : not_allowed);
  return judge(exit_code_of(child), who);
}

}  // namespace sockcr
