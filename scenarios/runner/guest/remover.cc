#include "scenarios/runner/guest/remover.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>
#include <csignal>
#include <system_error>

#include "engine/sys/poll.h"

namespace sockcr::runner {
namespace {

// Who may still write to the folder is being killed at the same time.
constexpr auto others_end_within = std::chrono::seconds(5);

// Of no terminal, no group that is signalled, and no pipe that somebody reads to its end.
void step_aside(int kept) {
  ::setsid();
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int each : {0, 1, 2}) ::dup2(nothing, each);
  ::dup2(kept, 3);
  ::close_range(4, ~0U, 0);
}

int outlive(const FileDescriptor& death, const std::filesystem::path& folder) {
  step_aside(death.get());
  char byte = 0;
  while (::read(3, &byte, 1) < 0) {
  }
  const bool gone = poll_until(others_end_within, [&] {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    return !error && !std::filesystem::exists(folder, error);
  });
  return gone ? 0 : 1;
}

}  // namespace

Remover::Remover(const std::filesystem::path& folder)
    : process_([&] {
        Pipe pipe = Pipe::make();
        alive_ = std::move(pipe.write_end);
        return ChildProcess::run(
            [&] {
              alive_.reset();
              return outlive(pipe.read_end, folder);
            },
            0, ChildProcess::Bond::loose);
      }()) {}

}  // namespace sockcr::runner
