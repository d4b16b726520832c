#include "engine/tool/rehearsal.h"

#include <sys/ptrace.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

#include "engine/sys/error.h"
#include "engine/sys/process.h"
#include "engine/sys/program.h"

namespace sockcr {
namespace {

constexpr int tracing_is_forbidden = -1;

void report(int descriptor, int error_number) {
  if (::write(descriptor, &error_number, sizeof error_number) < 0) ::_exit(1);
}

// errno of execve; 0 when it would have worked. A success closes the pipe, and the child stands
// still (SIGTRAP) until it is killed here.
int try_to_execute(const std::vector<std::string>& command) {
  Pipe outcome = Pipe::make();
  const std::vector<char*> arguments = argument_vector(command);
  const ChildProcess child = ChildProcess::run([&]() -> int {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      report(outcome.write_end.get(), tracing_is_forbidden);
      return 0;
    }
    ::execvp(arguments[0], arguments.data());
    report(outcome.write_end.get(), errno);
    return 0;
  });
  outcome.write_end.reset();
  int error_number = 0;
  if (::read(outcome.read_end.get(), &error_number, sizeof error_number) <= 0) return 0;
  return error_number;
}

}  // namespace

std::vector<char*> argument_vector(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  return arguments;
}

void rehearse(const std::vector<std::string>& command) {
  int error_number = try_to_execute(command);
  if (error_number == tracing_is_forbidden) {
    error_number = find_program(command.front()).empty() ? ENOENT : 0;
  }
  if (error_number == 0) return;
  throw SystemError("execve", command.front(), error_number).advise("nothing was restored");
}

}  // namespace sockcr
