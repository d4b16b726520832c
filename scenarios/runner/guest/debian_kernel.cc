#include "scenarios/runner/guest/debian_kernel.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

#include "engine/sys/error.h"
#include "engine/sys/program.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/guest/boot_interrupted.h"
#include "scenarios/runner/interrupt.h"

namespace sockcr::runner {
namespace {

constexpr auto gives_up_within = std::chrono::seconds(5);

ChildProcess start(const std::filesystem::path& script, const std::string& version, int out) {
  return ChildProcess::run([&] {
    leave_to_the_runner();
    Program program({script.string(), version});
    program.inherit(STDOUT_FILENO, out).become();
    return errno == ENOENT ? 127 : 126;
  });
}

// What it runs, apt-get for one, is of its process group.
void end(const ChildProcess& script) {
  ::kill(-script.pid(), SIGTERM);
  static_cast<void>(script.pidfd().ended_within(gives_up_within));
}

std::string said_until_its_end(const ChildProcess& script, int out, int wake) {
  std::string text;
  pollfd entries[] = {{out, POLLIN, 0}, {wake, POLLIN, 0}};
  for (;;) {
    if (::poll(entries, 2, -1) < 0 && errno != EINTR) throw SystemError("poll", "", errno);
    if (entries[1].revents != 0) {
      end(script);
      throw BootInterrupted();
    }
    char buffer[4096];
    const ssize_t n = entries[0].revents == 0 ? -1 : ::read(out, buffer, sizeof buffer);
    if (n == 0) return text;
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    entries[0].revents = entries[1].revents = 0;
  }
}

}  // namespace

GuestImage debian_kernel(const std::filesystem::path& script, const std::string& version,
                         int wake) {
  Pipe pipe = Pipe::make();
  ChildProcess child = start(script, version, pipe.write_end.get());
  pipe.write_end.reset();
  std::string folder = said_until_its_end(child, pipe.read_end.get(), wake);
  const auto exit = child.wait();
  const std::string what = fmt::format("--kernel {}{}", debian_prefix, version);
  if (exit.code == exit_usage) throw UsageError(what + " names no kernel of Debian's");
  if (exit.code != 0) throw SystemError(script.string(), version, 0).advise(end_text(exit));
  folder.resize(folder.find_last_not_of('\n') + 1);
  GuestImage image = guest_image(folder + "/vmlinuz");
  image.modules = folder;
  return image;
}

}  // namespace sockcr::runner
