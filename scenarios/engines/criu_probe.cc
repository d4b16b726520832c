#include "scenarios/engines/criu_probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <chrono>

#include "engine/sys/kernel_release.h"
#include "engine/sys/poll.h"
#include "engine/sys/program.h"
#include "scenarios/engines/criu_run.h"
#include "scenarios/engines/engine.h"

namespace sockcr::scenario {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& action, const CriuRun& run) {
  throw Trouble(fmt::format(
      "criu {} fails for a process without a socket on Linux {}: {} (Debian's criu runs under "
      "--kernel debian:6.1; a newer one is --engine criu:PATH)",
      action, kernel_release(), run.last_words()));
}

ChildProcess start(const std::string& subject_program) {
  const FileDescriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  Program program({subject_program});
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    program.inherit(each, nothing.get());
  }
  ChildProcess child = program.start();
  if (poll_until(criu_patience, [&] { return ::getsid(child.pid()) == child.pid(); })) return child;
  throw Trouble("a subject without a socket does not start");
}

}  // namespace

void require_criu_at_work(const std::string& program, const std::string& subject_program,
                          const fs::path& folder) {
  const fs::path images = folder / "probe";
  fs::create_directory(images);
  pid_t pid = 0;
  {
    const ChildProcess bare = start(subject_program);
    pid = bare.pid();
    CriuRun dump(program, "dump", {"--tree", std::to_string(pid)}, images);
    if (!dump.succeeds_within(criu_patience)) give_up("dump", dump);
  }
  CriuRun restore(program, "restore", {"--restore-detached", "--restore-sibling"}, images);
  if (!restore.succeeds_within(criu_patience)) give_up("restore", restore);
  ChildProcess::adopt(PidFd::open(pid)).kill();
}

}  // namespace sockcr::scenario
