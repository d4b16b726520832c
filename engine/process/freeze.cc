#include "engine/process/freeze.h"

#include <fmt/format.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// The state letter follows the command name, which may itself hold blanks and parentheses.
char thread_state(const fs::path& stat) {
  std::string line;
  std::getline(std::ifstream(stat), line);
  const std::size_t end_of_name = line.rfind(')');
  return end_of_name == std::string::npos || end_of_name + 2 >= line.size() ? '?'
                                                                            : line[end_of_name + 2];
}

// 'T' stopped, 't' stopped by a tracer; 'Z' and 'X' will never run again.
bool is_still(char state) { return std::string_view("TtZX").find(state) != std::string::npos; }

}  // namespace

bool stands_still(pid_t pid) {
  std::error_code error;
  const fs::directory_iterator threads(fmt::format("/proc/{}/task", pid), error);
  if (error) throw SystemError("open", fmt::format("/proc/{}/task", pid), error.value());
  return std::all_of(begin(threads), end(threads), [](const fs::directory_entry& thread) {
    return is_still(thread_state(thread.path() / "stat"));
  });
}

Frozen::Frozen(pid_t pid) : pidfd_(PidFd::open(pid)) {
  was_stopped_ = stands_still(pid);
  if (was_stopped_) return;
  pidfd_.send(SIGSTOP);
  if (poll_until(5s, [&] { return stands_still(pid); })) return;
  pidfd_.send(SIGCONT);
  throw SystemError("kill", fmt::format("{}, SIGSTOP", pid), ETIMEDOUT)
      .advise("a thread does not stop within 5 s; is it in uninterruptible sleep (state D)?");
}

Frozen::~Frozen() {
  if (pidfd_.get() < 0 || was_stopped_ || killed_) return;
  try {
    pidfd_.send(SIGCONT);
  } catch (const SystemError& error) {
    std::fprintf(stderr, "while thawing: %s\n", error.what());
  }
}

void Frozen::kill() {
  killed_ = true;
  pidfd_.send(SIGKILL);
  if (!pidfd_.ended_within(5s)) {
    throw SystemError("kill", fmt::format("{}, SIGKILL", pidfd_.pid()), ETIMEDOUT);
  }
}

}  // namespace sockcr
