#include "scenarios/language/subject.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/program.h"
#include "scenarios/runner/program_path.h"

namespace sockcr::scenario {
namespace {

// Beside the folder of the scenario binaries.
std::string subject_program() {
  const auto self = runner::program_path();
  return (self.parent_path().parent_path() / "libexec" / "subject").string();
}

// What a child of this thread inherits: it has no handler, and would be ended.
class Blocked {
 public:
  explicit Blocked(std::initializer_list<int> signals) {
    sigset_t set{};
    for (const int signal : signals) ::sigaddset(&set, signal);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~Blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

int Subject::hold(int socket) {
  replace(next_, socket);
  return next_++;
}

void Subject::replace(int descriptor, int socket) {
  take_back();
  at_hand_[descriptor] = FileDescriptor::duplicate_of(socket);
  descriptors_.insert(descriptor);
}

void Subject::exist() {
  if (!process_) start(close_on_exec_arguments(), numbers_at_hand());
}

FileDescriptor Subject::borrow(int descriptor) const {
  return process_ ? process_->pidfd().take(descriptor) : at_hand_.at(descriptor).duplicate();
}

FileDescriptor Subject::let_go(int descriptor) {
  take_back();
  descriptors_.erase(descriptor);
  close_on_exec_.erase(descriptor);
  return std::move(at_hand_.extract(descriptor).mapped());
}

void Subject::end() {
  process_.reset();
  at_hand_.clear();
}

void Subject::start_again(const std::map<int, int>& sockets, std::set<int> close_on_exec) {
  descriptors_.clear();
  for (const auto& [descriptor, socket] : sockets) descriptors_.insert(descriptor);
  close_on_exec_ = std::move(close_on_exec);
  start(close_on_exec_arguments(), sockets);
}

void Subject::became(ChildProcess process) {
  process_.emplace(std::move(process));
  at_hand_.clear();
  descriptors_.clear();
  close_on_exec_.clear();
  const std::string held = fmt::format("/proc/{}/fd", pid());
  for (const auto& entry : std::filesystem::directory_iterator(held)) {
    std::error_code closed_meanwhile;
    const auto what = std::filesystem::read_symlink(entry, closed_meanwhile).string();
    if (!what.starts_with("socket:")) continue;
    const int descriptor = std::stoi(entry.path().filename());
    descriptors_.insert(descriptor);
    if (is_close_on_exec(descriptor)) close_on_exec_.insert(descriptor);
  }
}

void Subject::close_on_exec(int descriptor) {
  take_back();
  close_on_exec_.insert(descriptor);
}

bool Subject::is_close_on_exec(int descriptor) const {
  if (!process_) return close_on_exec_.contains(descriptor);
  unsigned long flags = 0;
  std::istringstream(proc_field(fmt::format("fdinfo/{}", descriptor), "flags:")) >> std::oct >>
      flags;
  return (flags & O_CLOEXEC) != 0;
}

bool Subject::has_pending(int signal) const {
  const unsigned long bit = 1ul << (signal - 1);
  for (const char* const field : {"SigPnd:", "ShdPnd:"}) {
    unsigned long pending = 0;
    std::istringstream(proc_field("status", field)) >> std::hex >> pending;
    if ((pending & bit) != 0) return true;
  }
  return false;
}

std::string Subject::proc_field(const std::string& file, const std::string& field) const {
  std::ifstream lines(fmt::format("/proc/{}/{}", pid(), file));
  for (std::string key, value; lines >> key && std::getline(lines, value);) {
    if (key == field) return value;
  }
  return "";
}

std::vector<std::string> Subject::close_on_exec_arguments() const {
  std::vector<std::string> arguments;
  for (const int descriptor : close_on_exec_) arguments.push_back(std::to_string(descriptor));
  if (!arguments.empty()) arguments.insert(arguments.begin(), "close-on-exec");
  return arguments;
}

void Subject::sleep_in(std::string call, int descriptor) {
  take_back();
  Pipe reports = Pipe::make();
  std::map<int, int> numbers = numbers_at_hand();
  numbers[STDOUT_FILENO] = reports.write_end.get();
  start({call, std::to_string(descriptor)}, numbers);
  sleep_ = {std::move(call), descriptor, std::move(reports.read_end)};
}

void Subject::take_back() {
  if (!process_) return;
  for (const int descriptor : descriptors_) at_hand_.emplace(descriptor, borrow(descriptor));
  process_.reset();
}

std::map<int, int> Subject::numbers_at_hand() const {
  std::map<int, int> numbers;
  for (const auto& [descriptor, held] : at_hand_) numbers[descriptor] = held.get();
  return numbers;
}

void Subject::start(std::vector<std::string> arguments, const std::map<int, int>& descriptors) {
  arguments.insert(arguments.begin(), subject_program());
  Program program(std::move(arguments));
  // Of this case's own mounts: an engine that carries processes looks files up there.
  const FileDescriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    program.inherit(each, nothing.get());
  }
  for (const auto& [number, descriptor] : descriptors) program.inherit(number, descriptor);
  {
    const Blocked signals({SIGIO, SIGUSR1, SIGUSR2, SIGURG});
    process_.emplace(program.start());
  }
  at_hand_.clear();
  const bool done = poll_until(std::chrono::seconds(5), [this] {
    return std::all_of(close_on_exec_.begin(), close_on_exec_.end(),
                       [this](int descriptor) { return is_close_on_exec(descriptor); });
  });
  if (!done) throw SystemError("fcntl", "F_SETFD, FD_CLOEXEC, in a subject", ETIMEDOUT);
}

}  // namespace sockcr::scenario
