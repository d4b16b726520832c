#include "netns/sysctl.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <map>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"
#include "netns/sysctl_table.h"

namespace sockcr::netns {
namespace {

std::string path_of(std::string_view name) {
  std::string path = fmt::format("/proc/sys/{}", name);
  std::replace(path.begin() + 10, path.end(), '.', '/');
  return path;
}

AppliedSysctl pin(const Sysctl& pinned, End end) {
  const std::string_view value = end == End::ours ? pinned.ours : pinned.peer;
  const bool present = write_sysctl(pinned.name, value);
  if (!present && pinned.required) throw SystemError("open", path_of(pinned.name), ENOENT);
  return {std::string(pinned.name), end, std::string(value), std::string(pinned.reason), present};
}

AppliedSysctl lay_over(const SysctlOverride& wish, End end) {
  try {
    if (!write_sysctl(wish.name, wish.value)) {
      throw Unsupported(wish.name, "this kernel has no such sysctl");
    }
  } catch (const SystemError& error) {
    if (error.error_number() != EINVAL) throw;
    throw Unsupported(fmt::format("{} = {}", wish.name, wish.value),
                      "this kernel does not know that value");
  }
  return {wish.name, end, wish.value, "override", true};
}

}  // namespace

bool write_sysctl(std::string_view name, std::string_view value) {
  const std::string path = path_of(name);
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return false;
  if (!file) throw SystemError("open", path, errno);
  if (::write(file.get(), value.data(), value.size()) < 0) {
    throw SystemError("write", fmt::format("{}, \"{}\"", path, value), errno);
  }
  return true;
}

std::span<const Sysctl> pinned_sysctls() { return sysctl_table; }

std::vector<AppliedSysctl> apply_sysctls(End end, std::span<const SysctlOverride> overrides) {
  std::vector<AppliedSysctl> applied;
  for (const Sysctl& pinned : pinned_sysctls()) applied.push_back(pin(pinned, end));
  for (const SysctlOverride& wish : overrides) {
    if (!wish.end || *wish.end == end) applied.push_back(lay_over(wish, end));
  }
  return applied;
}

std::string to_text(std::span<const AppliedSysctl> applied) {
  std::string text;
  for (const AppliedSysctl& one : applied) {
    text += fmt::format("{} {} = {}  ({}{})\n", to_text(one.end), one.name, one.value, one.reason,
                        one.present ? "" : "; not in this kernel");
  }
  return text;
}

std::optional<std::string> read_sysctl(std::string_view name) {
  const std::string path = path_of(name);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw SystemError("open", path, errno);
  char buffer[4096];
  const ssize_t length = ::read(file.get(), buffer, sizeof buffer);
  if (length < 0) throw SystemError("read", path, errno);
  std::string value(buffer, static_cast<std::size_t>(length));
  while (!value.empty() && value.back() == '\n') value.pop_back();
  return value;
}

}  // namespace sockcr::netns
