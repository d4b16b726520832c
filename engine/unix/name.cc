#include "engine/unix/name.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>

#include "engine/sys/call.h"

// Of linux/un.h, which cannot stand beside glibc's header.
#ifndef SIOCUNIXFILE
#define SIOCUNIXFILE 0x89e0
#endif

namespace sockcr {
namespace {

constexpr std::size_t head = offsetof(sockaddr_un, sun_path);
constexpr std::string_view deleted = " (deleted)";

template <class Ask>
UnixName ask_name(std::string_view call_name, int socket, Ask ask) {
  sockaddr_un address{};
  socklen_t length = sizeof address;
  call(
      call_name, [&] { return ask(socket, reinterpret_cast<sockaddr*>(&address), &length); },
      [&] { return fmt::format("{}", socket); });
  return name_from(address, length);
}

bool is_same_node(const struct stat& a, const std::string& path) {
  struct stat b {};
  return ::lstat(path.c_str(), &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

std::string directory_of(const std::string& path, const UnixName& name) {
  const std::string tail = "/" + std::string(name.begin(), name.end());
  if (path.ends_with(tail))
    return path.substr(0, std::max<std::size_t>(path.size() - tail.size(), 1));
  throw Unsupported(fmt::format("the name {} of {}", name_text(name), path),
                    "a relative name is restored only where it leads down");
}

}  // namespace

// A path may end without a zero, an abstract name always does.
UnixName name_from(const sockaddr_un& address, socklen_t length) {
  if (length <= head) return {};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(address.sun_path);
  std::size_t used = std::min<std::size_t>(length - head, sizeof address.sun_path);
  if (bytes[0] != 0) used = ::strnlen(address.sun_path, used);
  return {bytes, bytes + used};
}

UnixName name_of(int socket) { return ask_name("getsockname", socket, ::getsockname); }
UnixName peer_name_of(int socket) { return ask_name("getpeername", socket, ::getpeername); }

socklen_t to_sockaddr(const UnixName& name, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), reinterpret_cast<std::uint8_t*>(address.sun_path));
  const bool ends = is_path(name) && name.size() < sizeof address.sun_path;
  return static_cast<socklen_t>(head + name.size() + (ends ? 1 : 0));
}

FileDescriptor open_node(int socket) {
  return FileDescriptor(call(
      "ioctl", [&] { return ::ioctl(socket, SIOCUNIXFILE); },
      [&] { return fmt::format("{}, SIOCUNIXFILE", socket); }));
}

std::string path_of(const FileDescriptor& file) {
  return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", file.get())).string();
}

UnixNode node_of(int socket, const UnixName& name) {
  if (!is_path(name)) return {};
  const FileDescriptor file = open_node(socket);
  struct stat facts {};
  call(
      "fstat", [&] { return ::fstat(file.get(), &facts); },
      [&] { return fmt::format("{}", file.get()); });
  std::string path = path_of(file);
  UnixNode node;
  node.unlinked = path.ends_with(deleted) || !is_same_node(facts, path);
  if (path.ends_with(deleted)) path.resize(path.size() - deleted.size());
  if (name.front() != '/') {
    const std::string directory = directory_of(path, name);
    node.directory.assign(directory.begin(), directory.end());
  }
  if (node.unlinked) return node;
  node.mode = facts.st_mode & 07777;
  node.uid = facts.st_uid;
  node.gid = facts.st_gid;
  return node;
}

}  // namespace sockcr
