#include "engine/unix/node.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>

#include "engine/sys/call.h"
#include "engine/sys/socket.h"
#include "engine/unix/name.h"

namespace sockcr {
namespace {

bool stands(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0;
}

bool is_socket(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode);
}

// Whoever has it, of whatever type, answers something else.
bool is_dead(const std::string& path, UnixType type) {
  const FileDescriptor probe = make_socket(AF_UNIX, static_cast<int>(type) | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  const socklen_t length = to_sockaddr(UnixName(path.begin(), path.end()), address);
  const int result = try_call(
      "connect",
      [&] { return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), length); },
      [&] { return fmt::format("{}, {}", probe.get(), path); });
  return result < 0 && errno == ECONNREFUSED;
}

}  // namespace

WorkingDirectory::WorkingDirectory(const Bytes& directory) {
  if (directory.empty()) return;
  before_ = FileDescriptor(call(
      "open", [] { return ::open(".", O_PATH | O_CLOEXEC); },
      [] { return std::string("\".\", O_PATH|O_CLOEXEC"); }));
  const std::string path(directory.begin(), directory.end());
  call(
      "chdir", [&] { return ::chdir(path.c_str()); }, [&] { return fmt::format("\"{}\"", path); });
}

WorkingDirectory::~WorkingDirectory() {
  if (before_ && ::fchdir(before_.get()) != 0) std::perror("fchdir");
}

Aside::Aside(std::string path) : path_(std::move(path)) {
  if (!stands(path_)) return;
  beside_ = fmt::format("{}.aside-{}", path_, ::getpid());
  call(
      "rename", [&] { return ::rename(path_.c_str(), beside_.c_str()); },
      [&] { return path_ + ", " + beside_; });
}

Aside::~Aside() {
  if (!beside_.empty() && ::rename(beside_.c_str(), path_.c_str()) != 0) std::perror("rename");
}

void unlink_dead_node(const std::string& path, UnixType type) {
  if (!stands(path)) return;
  if (!is_socket(path) || !is_dead(path, type)) {
    throw SystemError("bind", path, EADDRINUSE)
        .advise("something else is there: once it is gone the image can be restored");
  }
  call(
      "unlink", [&] { return ::unlink(path.c_str()); }, [&] { return path; });
}

}  // namespace sockcr
