#include "scenarios/language/subject.h"

#include <unistd.h>
#include <filesystem>
#include <string>

#include "engine/sys/program.h"
#include "scenarios/runner/program_path.h"

namespace sockcr::scenario {
namespace {

// Beside the folder of the scenario binaries.
std::string subject_program() {
  const auto self = runner::program_path();
  return (self.parent_path().parent_path() / "libexec" / "subject").string();
}

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
  if (!process_) start({}, numbers_at_hand());
}

FileDescriptor Subject::borrow(int descriptor) const {
  return process_ ? process_->pidfd().take(descriptor) : at_hand_.at(descriptor).duplicate();
}

FileDescriptor Subject::let_go(int descriptor) {
  take_back();
  descriptors_.erase(descriptor);
  return std::move(at_hand_.extract(descriptor).mapped());
}

void Subject::end() {
  process_.reset();
  at_hand_.clear();
}

void Subject::start_again(const std::map<int, int>& sockets) {
  descriptors_.clear();
  for (const auto& [descriptor, socket] : sockets) descriptors_.insert(descriptor);
  start({}, sockets);
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
  for (const auto& [number, descriptor] : descriptors) program.inherit(number, descriptor);
  process_.emplace(program.start());
  at_hand_.clear();
}

}  // namespace sockcr::scenario
