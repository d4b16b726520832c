#include "engine/probe/throw_away.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>

#include "engine/probe/rights.h"
#include "engine/sys/call.h"
#include "engine/sys/process.h"
#include "engine/sys/socket.h"

namespace sockcr {
namespace {

void write_file(const char* path, const std::string& text) {
  const FileDescriptor file(call(
      "open", [&] { return ::open(path, O_WRONLY | O_CLOEXEC); },
      [&] { return fmt::format("\"{}\", O_WRONLY|O_CLOEXEC", path); }));
  call(
      "write", [&] { return ::write(file.get(), text.data(), text.size()); },
      [&] { return fmt::format("\"{}\", \"{}\"", path, text); });
}

void become_root(uid_t uid, gid_t gid) {
  write_file("/proc/self/setgroups", "deny");  // or gid_map may not be written
  write_file("/proc/self/uid_map", fmt::format("0 {} 1", uid));
  write_file("/proc/self/gid_map", fmt::format("0 {} 1", gid));
}

void raise_loopback() {
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP;
  const FileDescriptor any = make_socket(AF_INET, SOCK_DGRAM, 0);
  call(
      "ioctl", [&] { return ::ioctl(any.get(), SIOCSIFFLAGS, &request); },
      [&] { return fmt::format("{}, SIOCSIFFLAGS, lo up", any.get()); });
}

// What the machine refuses is an answer, and programs that are run on the way say it once more.
void hush() {
  const FileDescriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (nowhere) ::dup2(nowhere.get(), STDERR_FILENO);
}

std::string read_to_end(int descriptor) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return text;
  }
}

struct Owner {
  bool needs_user_namespace = !has_capability(CAP_SYS_ADMIN);
  uid_t uid = ::geteuid();
  gid_t gid = ::getegid();
};

ChildProcess start(const std::function<void(int)>& body, Pipe& said, Pipe& trouble) {
  const Owner owner;
  const unsigned long user = owner.needs_user_namespace ? CLONE_NEWUSER : 0;
  return ChildProcess::run(
      [&]() -> int {
        try {
          if (owner.needs_user_namespace) become_root(owner.uid, owner.gid);
          hush();
          raise_loopback();
        } catch (const SystemError& error) {
          ::dprintf(trouble.write_end.get(), "%s", error.what());
          return 1;
        }
        body(said.write_end.get());
        return 0;
      },
      CLONE_NEWNET | user);
}

}  // namespace

ThrownAway in_throw_away_namespace(const std::function<void(int)>& body) {
  Pipe said = Pipe::make(), trouble = Pipe::make();
  try {
    ChildProcess child = start(body, said, trouble);
    said.write_end.reset();
    trouble.write_end.reset();
    ThrownAway done{read_to_end(said.read_end.get()), read_to_end(trouble.read_end.get())};
    const ChildProcess::Exit exit = child.wait();
    if (exit.signal != 0) done.trouble = fmt::format("asking ended with signal {}", exit.signal);
    return done;
  } catch (const SystemError& error) {
    return {"", fmt::format("needs root or user namespaces: {}", error.what())};
  }
}

}  // namespace sockcr
