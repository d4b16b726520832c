#include "scenarios/runner/interrupt.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "engine/sys/call.h"

namespace sockcr::runner {
namespace {

// A signal that is ignored (nohup, a job in the background of a script) stays ignored: blocking
// would make the kernel queue it.
sigset_t signals_to_hold() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction current {};
    ::sigaction(signal, nullptr, &current);
    if (current.sa_handler != SIG_IGN) ::sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t held = signals_to_hold();
  call(
      "sigprocmask", [&] { return ::sigprocmask(SIG_BLOCK, &held, &before_); },
      [] { return "SIG_BLOCK, [INT TERM]"; });
  descriptor_ = FileDescriptor(call(
      "signalfd", [&] { return ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK); },
      [] { return "-1, [INT TERM]"; }));
}

Interrupt::~Interrupt() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

bool Interrupt::take() {
  signalfd_siginfo info{};
  return ::read(descriptor_.get(), &info, sizeof info) == sizeof info;
}

void leave_to_the_runner() {
  sigset_t mask;
  ::sigprocmask(SIG_SETMASK, nullptr, &mask);
  const bool has_runner = ::sigismember(&mask, SIGINT) == 1 || ::sigismember(&mask, SIGTERM) == 1;
  if (!has_runner) return;  // started by hand: Ctrl-C shall end it
  ::setpgid(0, 0);
  ::sigdelset(&mask, SIGINT);
  ::sigdelset(&mask, SIGTERM);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

}  // namespace sockcr::runner
