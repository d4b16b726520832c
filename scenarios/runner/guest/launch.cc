#include "scenarios/runner/guest/launch.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "engine/sys/error.h"
#include "engine/sys/program.h"
#include "scenarios/runner/guest/processor.h"

namespace sockcr::runner {
namespace {

// The guest's memory is a file without a name; User-mode Linux may fill 2 GB (user_mode.h).
void choose_memory_folder() {
  struct statvfs facts {};
  const bool roomy =
      ::statvfs("/dev/shm", &facts) == 0 && facts.f_bavail * facts.f_frsize > 2U << 30;
  if (roomy && ::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);
}

// Of root's rights the one that nothing can be written by: the suite may lie in a home that only
// its owner can read.
void keep_right_to_read() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) throw SystemError("capget", "", errno);
  const unsigned wanted = (1U << CAP_DAC_READ_SEARCH) & data[0].permitted;
  data[0] = {wanted, wanted, wanted};
  data[1] = {};
  if (::syscall(SYS_capset, &header, data) != 0) throw SystemError("capset", "", errno);
  if (wanted == 0) return;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0);
}

void become(const GuestUser& user) {
  if (!user.is_other) return;
  // Capabilities then follow no change of user, and access(2) goes by them too.
  ::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP);
  const gid_t group = user.device_group.value_or(user.gid);
  const bool done = ::setgroups(user.device_group ? 1 : 0, &group) == 0 &&
                    ::setresgid(user.gid, user.gid, user.gid) == 0 &&
                    ::setresuid(user.uid, user.uid, user.uid) == 0;
  if (!done) throw SystemError("setresuid", std::to_string(user.uid), errno);
  keep_right_to_read();
}

// What the runner blocked, and how it was limited, is nothing to a kernel.
void clear_the_air() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

[[noreturn]] void become_guest(const Launch& launch) {
  become(launch.user);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // after the change of user, which forgets it
  clear_the_air();
  choose_memory_folder();
  Program program(launch.arguments);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  program.inherit(0, nothing);
  for (const auto& [number, source] : launch.descriptors) program.inherit(number, source);
  program.become();
  throw SystemError("execve", launch.arguments.front(), errno);
}

// The first of the namespace: it ends when the guest does, and everybody with it.
int watch(pid_t guest) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) return 125;
    if (ended != guest) continue;
    ::kill(-guest, SIGKILL);  // where there is no namespace
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

int live(const Launch& launch) {
  ::setpgid(0, 0);  // Ctrl-C is for the runner to say
  const FileDescriptor processor =
      launch.keeps_to_one_processor ? keep_to_a_processor() : FileDescriptor();
  const pid_t guest = ::fork();
  if (guest < 0) throw SystemError("fork", "", errno);
  if (guest == 0) become_guest(launch);
  for (const auto& [number, source] : launch.descriptors) ::close(source);
  return watch(guest);
}

}  // namespace

ChildProcess launch_guest(const Launch& launch) {
  const auto body = [&] { return live(launch); };
  const unsigned long apart = CLONE_NEWPID | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
  try {
    return ChildProcess::run(body, apart);
  } catch (const SystemError&) {  // a container that forbids namespaces
    return ChildProcess::run(body);
  }
}

}  // namespace sockcr::runner
