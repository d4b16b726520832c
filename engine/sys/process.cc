#include "engine/sys/process.h"

#include <fmt/format.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <exception>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

int guarded(const std::function<int()>& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 125;
  }
}

// clone3 rather than fork, because the child shall be born in its namespaces: a process is never
// moved into a new PID namespace, only its children are.
pid_t clone_child(unsigned long flags, int* pidfd) {
  clone_args arguments{};
  arguments.flags = flags | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<__u64>(pidfd);
  arguments.exit_signal = SIGCHLD;
  std::fflush(nullptr);
  return static_cast<pid_t>(call(
      "clone3", [&] { return ::syscall(SYS_clone3, &arguments, sizeof arguments); },
      [&] { return fmt::format("{{flags={:#x}, exit_signal=SIGCHLD}}", arguments.flags); }));
}

void die_with(const PidFd& parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (parent.ended_within(Clock::duration::zero())) ::_exit(125);  // before it was asked for
}

}  // namespace

ChildProcess ChildProcess::run(const std::function<int()>& body, unsigned long clone_flags,
                               Bond bond) {
  // In a new PID namespace the parent's number reads 0, so its death is asked of a pidfd instead.
  const PidFd parent = PidFd::open(::getpid());
  int pidfd = -1;
  const pid_t pid = clone_child(clone_flags, &pidfd);
  if (pid == 0) {
    if (bond == Bond::with_parent) die_with(parent);
    const int code = guarded(body);
    std::fflush(nullptr);
    ::_exit(code);
  }
  return ChildProcess(PidFd(pid, FileDescriptor(pidfd)));
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    kill();
    pidfd_ = std::move(other.pidfd_);
    reaped_ = other.reaped_;
  }
  return *this;
}

ChildProcess::~ChildProcess() { kill(); }

void ChildProcess::kill() {
  if (reaped_ || pidfd_.get() < 0) return;
  try {
    pidfd_.send(SIGKILL);
    wait();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "while ending process %d: %s\n", pid(), error.what());
  }
}

ChildProcess::Exit ChildProcess::wait() {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED);
  } while (result < 0 && errno == EINTR);
  if (result < 0) throw SystemError("waitid", fmt::format("P_PIDFD, pid {}", pid()), errno);
  reaped_ = true;
  if (info.si_code == CLD_EXITED) return {info.si_status, 0};
  return {-1, info.si_status};
}

}  // namespace sockcr
