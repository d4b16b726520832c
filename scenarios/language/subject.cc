#include "scenarios/language/subject.h"

#include <unistd.h>
#include <filesystem>
#include <string>

#include "engine/sys/program.h"

namespace sockcr::scenario {
namespace {

// Beside the folder of the scenario binaries.
std::string subject_program() {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  return (self.parent_path().parent_path() / "libexec" / "subject").string();
}

std::map<int, int> numbers_of(const std::map<int, FileDescriptor>& sockets) {
  std::map<int, int> numbers;
  for (const auto& [descriptor, held] : sockets) numbers[descriptor] = held.get();
  return numbers;
}

}  // namespace

int Subject::hold(int socket) {
  replace(next_, socket);
  return next_++;
}

void Subject::replace(int descriptor, int socket) {
  const std::map<int, FileDescriptor> sockets = borrow_all();
  std::map<int, int> numbers = numbers_of(sockets);
  numbers[descriptor] = socket;
  start_again(numbers);
}

void Subject::exist() {
  if (!process_) start_again({});
}

FileDescriptor Subject::borrow(int descriptor) const { return process_->pidfd().take(descriptor); }

FileDescriptor Subject::let_go(int descriptor) {
  std::map<int, FileDescriptor> sockets = borrow_all();
  FileDescriptor last = std::move(sockets.at(descriptor));
  sockets.erase(descriptor);
  if (sockets.empty()) {
    process_.reset();
    descriptors_.clear();
  } else {
    start_again(numbers_of(sockets));
  }
  return last;
}

void Subject::start_again(const std::map<int, int>& sockets) {
  descriptors_.clear();
  for (const auto& [descriptor, socket] : sockets) descriptors_.insert(descriptor);
  start({}, sockets);
}

void Subject::sleep_in(std::string call, int descriptor) {
  const std::map<int, FileDescriptor> sockets = borrow_all();
  Pipe reports = Pipe::make();
  std::map<int, int> numbers = numbers_of(sockets);
  numbers[STDOUT_FILENO] = reports.write_end.get();
  start({call, std::to_string(descriptor)}, numbers);
  sleep_ = {std::move(call), descriptor, std::move(reports.read_end)};
}

void Subject::idle() { start_again(numbers_of(borrow_all())); }

void Subject::start(std::vector<std::string> arguments, const std::map<int, int>& descriptors) {
  arguments.insert(arguments.begin(), subject_program());
  Program program(std::move(arguments));
  for (const auto& [number, descriptor] : descriptors) program.inherit(number, descriptor);
  process_.emplace(program.start());
}

std::map<int, FileDescriptor> Subject::borrow_all() const {
  std::map<int, FileDescriptor> sockets;
  if (!process_) return sockets;
  for (const int descriptor : descriptors_) sockets.emplace(descriptor, borrow(descriptor));
  return sockets;
}

}  // namespace sockcr::scenario
