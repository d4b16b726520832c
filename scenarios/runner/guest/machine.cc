#include "scenarios/runner/guest/machine.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <functional>

#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/program.h"
#include "scenarios/runner/guest/descriptors.h"
#include "scenarios/runner/guest/launch.h"
#include "scenarios/runner/guest/qemu.h"
#include "scenarios/runner/guest/user_mode.h"

namespace sockcr::runner {
namespace {

// A kernel in a loop of complaints must not fill our memory.
constexpr std::size_t said_limit = 1U << 20;

constexpr const char* qemu_program = "qemu-system-x86_64";

struct Ends {
  FileDescriptor ours, theirs;
};

Ends make_channel() {
  int pair[2];
  call(
      "socketpair", [&] { return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair); },
      [] { return "AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC"; });
  return {FileDescriptor(pair[0]), FileDescriptor(pair[1])};
}

std::vector<std::string> arguments_for(const GuestPrograms& programs,
                                       const std::filesystem::path& folder) {
  const GuestImage& image = programs.image;
  const std::string kernel = std::filesystem::absolute(image.kernel).string();
  if (image.kind == ImageKind::user_mode) {
    return user_mode_arguments(
        {.image = kernel, .folder = folder.string(), .virtual_time = programs.virtual_time});
  }
  const std::string qemu = find_program(qemu_program);
  if (qemu.empty()) {
    throw SystemError("execve", qemu_program, ENOENT)
        .advise("it runs bzImage and vmlinux; ci/bootstrap --with kernels installs it");
  }
  return qemu_arguments({qemu, kernel, folder / "initrd", folder / "left", image.accelerator});
}

// KVM's device has a group of its own.
GuestUser user_of(const GuestImage& image) {
  GuestUser user = guest_user();
  struct stat facts {};
  if (image.accelerator == Accelerator::kvm && ::stat("/dev/kvm", &facts) == 0) {
    user.device_group = facts.st_gid;
  }
  return user;
}

ChildProcess start(const GuestPrograms& programs, const std::filesystem::path& folder,
                   const FileDescriptor& console, const FileDescriptor& channel) {
  return launch_guest({.arguments = arguments_for(programs, folder),
                       .user = user_of(programs.image),
                       .descriptors = {{console_descriptor, console.get()},
                                       {STDERR_FILENO, console.get()},
                                       {channel_descriptor, channel.get()},
                                       {channel_descriptor + 1, channel.get()}},
                       .keeps_to_one_processor = programs.image.kind == ImageKind::user_mode});
}

// What is there now, up to `limit` bytes; false at the end.
bool read_now(int descriptor, const std::function<void(std::string_view)>& take) {
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::recv(descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n > 0) take({buffer, static_cast<std::size_t>(n)});
    if (n == 0) return false;
    if (n < 0 && errno != EINTR) return errno == EAGAIN;
  }
}

}  // namespace

Machine::Machine(const GuestPrograms& programs, const std::filesystem::path& output)
    : folder_(programs, output), process_([&] {
        Ends console = make_channel();
        Ends channel = make_channel();
        console_ = std::move(console.ours);
        channel_ = std::move(channel.ours);
        return start(programs, folder_.path(), console.theirs, channel.theirs);
      }()) {}

bool Machine::listen() {
  flush();
  const bool has_ended = process_.pidfd().ended_within(Clock::duration::zero());
  const bool open =
      read_now(channel_.get(), [this](std::string_view text) { lines_.append(text); });
  read_now(console_.get(), [this](std::string_view text) {
    if (said_.size() < said_limit) said_.append(text.substr(0, said_limit - said_.size()));
  });
  return open && !has_ended;
}

void Machine::forget_all_but_the_last(std::size_t bytes) {
  if (said_.size() > 2 * bytes) said_.erase(0, said_.size() - bytes);
}

std::vector<Message> Machine::take_messages() {
  std::vector<Message> messages;
  while (const auto line = lines_.next()) messages.push_back(message_in(*line));
  return messages;
}

void Machine::send(const Crew::Order& order) {
  outbox_ += to_line(order);
  flush();
}

// A guest that is gone is noticed by who listens.
void Machine::flush() {
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  while (!outbox_.empty()) {
    const ssize_t n = ::send(channel_.get(), outbox_.data(), outbox_.size(), flags);
    if (n < 0 && errno != EINTR) return;
    if (n > 0) outbox_.erase(0, static_cast<std::size_t>(n));
  }
}

ChildProcess::Exit Machine::end(Clock::duration limit) {
  if (!process_.pidfd().ended_within(limit)) process_.pidfd().send(SIGKILL);
  const auto exit = process_.wait();
  listen();  // its last words
  return exit;
}

}  // namespace sockcr::runner
