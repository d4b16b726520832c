#include "scenarios/language/actor.h"

#include <fmt/format.h>
#include <filesystem>

#include "engine/sys/program.h"
#include "engine/sys/socket.h"

namespace sockcr::scenario {
namespace {

constexpr int subject_descriptor = 3;

// Beside the folder of the scenario binaries.
std::string subject_program() {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  return (self.parent_path().parent_path() / "libexec" / "subject").string();
}

}  // namespace

std::string to_text(const Observed& observed) {
  return fmt::format("{}, {} unread, {} in the send queue, {} of them unsent",
                     to_text(observed.state), observed.queues.inq, observed.queues.outq,
                     observed.queues.unsent);
}

void Actor::hold_in_subject(int socket) {
  ChildProcess subject = Program({subject_program()}).inherit(subject_descriptor, socket).start();
  socket_.reset();
  subject_.emplace(std::move(subject));
}

FileDescriptor Actor::borrow() const {
  return subject_ ? subject_->pidfd().take(subject_descriptor) : socket_.duplicate();
}

Observed Actor::observe() const {
  const FileDescriptor socket = borrow();
  return {read_info(socket.get()).state, read_counts(socket.get())};
}

void Actor::close() {
  // Killing the subject first would close its descriptor, but ours is then the last one.
  FileDescriptor last = borrow();
  subject_.reset();
  socket_.reset();
  has_shut_down = true;
}

}  // namespace sockcr::scenario
