#include "engine/tool/held_signals.h"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <cstring>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

// Blocking one that is ignored would make the kernel queue it.
sigset_t not_ignored(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) {
    struct sigaction current {};
    ::sigaction(signal, nullptr, &current);
    if (current.sa_handler != SIG_IGN) ::sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Interrupted::Interrupted(int signal)
    : std::runtime_error(fmt::format("interrupted by SIG{}", ::sigabbrev_np(signal))),
      signal_(signal) {}

ExitCode Interrupted::exit_code() const {
  return signal_ == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
}

HeldSignals::HeldSignals() {
  const sigset_t held = not_ignored({SIGINT, SIGTERM, SIGTSTP});
  const sigset_t asked = not_ignored({SIGINT, SIGTERM});
  call(
      "sigprocmask", [&] { return ::sigprocmask(SIG_BLOCK, &held, &before_); },
      [] { return std::string("SIG_BLOCK, [INT TERM TSTP]"); });
  descriptor_ = FileDescriptor(call(
      "signalfd", [&] { return ::signalfd(-1, &asked, SFD_CLOEXEC | SFD_NONBLOCK); },
      [] { return std::string("-1, [INT TERM]"); }));
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &pipe_before_);
}

HeldSignals::~HeldSignals() {
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> HeldSignals::take() {
  signalfd_siginfo info{};
  if (::read(descriptor_.get(), &info, sizeof info) != sizeof info) return {};
  return static_cast<int>(info.ssi_signo);
}

void HeldSignals::check() {
  if (const auto signal = take()) throw Interrupted(*signal);
}

void HeldSignals::forget() {
  while (take()) continue;
}

}  // namespace sockcr
