#include "netns/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <sstream>
#include <string>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"
#include "engine/sys/process.h"
#include "netns/forbidden.h"
#include "netns/veth.h"

namespace sockcr::netns {
namespace {

constexpr unsigned long always = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID;

bool may_make_namespaces() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return false;
  return (data[0].effective & (1U << CAP_SYS_ADMIN)) != 0;
}

void write_file(const std::string& path, const std::string& text) {
  const FileDescriptor file(call(
      "open", [&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC); },
      [&] { return fmt::format("\"{}\", O_WRONLY|O_CLOEXEC", path); }));
  call(
      "write", [&] { return ::write(file.get(), text.data(), text.size()); },
      [&] { return fmt::format("\"{}\", \"{}\"", path, text); });
}

// The child writes its maps itself: the outer /proc is still mounted and shows it as self. The
// kernel lets an ordinary user map a group only after setgroups is given up.
void become_root(uid_t uid, gid_t gid) {
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", fmt::format("0 {} 1", uid));
  write_file("/proc/self/gid_map", fmt::format("0 {} 1", gid));
}

void mount_checked(const char* source, const char* target, const char* type, unsigned long flags) {
  call(
      "mount", [&] { return ::mount(source, target, type, flags, nullptr); },
      [&] { return fmt::format("\"{}\", \"{}\", {}, {:#x}", source, target, type, flags); });
}

void furnish() {
  mount_checked("none", "/", "none", MS_REC | MS_PRIVATE);
  mount_checked("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  mount_checked("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV);
  set_up("lo");
}

// The child's error, word for word, so that the parent can throw it: name, argument and errno
// between zero bytes.
void report(int descriptor, const SystemError& error) {
  const std::string text =
      fmt::format("{}{}{}{}{}", error.call(), '\0', error.argument(), '\0', error.error_number());
  if (::write(descriptor, text.data(), text.size()) < 0) throw error;
}

void rethrow_report(int descriptor) {
  char buffer[1024];
  const ssize_t length = ::read(descriptor, buffer, sizeof buffer);
  if (length <= 0) return;
  std::istringstream text(std::string(buffer, static_cast<std::size_t>(length)));
  std::string name, argument, number;
  std::getline(text, name, '\0');
  std::getline(text, argument, '\0');
  std::getline(text, number, '\0');
  const SystemError error(name, argument, number.empty() ? 0 : std::stoi(number));
  throw error.advise(why_forbidden(error.error_number()));
}

ChildProcess start(unsigned long flags, const std::function<int()>& body) {
  try {
    return ChildProcess::run(body, flags);
  } catch (const SystemError& error) {
    throw error.advise(why_forbidden(error.error_number()));
  }
}

}  // namespace

int run_in_sandbox(const std::function<int()>& body) {
  const bool as_user = !may_make_namespaces();
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  Pipe troubles = Pipe::make();
  ChildProcess child = start(always | (as_user ? CLONE_NEWUSER : 0), [&]() -> int {
    try {
      if (as_user) become_root(uid, gid);
      furnish();
    } catch (const SystemError& error) {
      report(troubles.write_end.get(), error);
      return 125;
    }
    troubles.write_end.reset();
    troubles.read_end.reset();
    return body();
  });
  troubles.write_end.reset();
  rethrow_report(troubles.read_end.get());
  const ChildProcess::Exit exit = child.wait();
  return exit.signal != 0 ? 128 + exit.signal : exit.code;
}

}  // namespace sockcr::netns
