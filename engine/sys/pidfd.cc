#include "engine/sys/pidfd.h"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "engine/sys/call.h"

namespace sockcr {

PidFd PidFd::open(pid_t pid) {
  const long number = call(
      "pidfd_open", [&] { return ::syscall(SYS_pidfd_open, pid, 0); },
      [&] { return fmt::format("{}, 0", pid); });
  return {pid, FileDescriptor(static_cast<int>(number))};
}

FileDescriptor PidFd::take(int number) const {
  const long taken = call(
      "pidfd_getfd", [&] { return ::syscall(SYS_pidfd_getfd, get(), number, 0); },
      [&] { return fmt::format("{}<pid {}>, {}, 0", get(), pid_, number); });
  return FileDescriptor(static_cast<int>(taken));
}

bool PidFd::send(int signal) const {
  const long result = try_call(
      "pidfd_send_signal",
      [&] { return ::syscall(SYS_pidfd_send_signal, get(), signal, nullptr, 0); },
      [&] {
        return fmt::format("{}<pid {}>, SIG{}, NULL, 0", get(), pid_, ::sigabbrev_np(signal));
      });
  if (result == 0) return true;
  if (errno == ESRCH) return false;
  throw SystemError("pidfd_send_signal", fmt::format("pid {}, {}", pid_, signal), errno);
}

bool PidFd::ended_within(Clock::duration limit) const { return readable_within(get(), limit); }

}  // namespace sockcr
