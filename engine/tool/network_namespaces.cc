#include "engine/tool/network_namespaces.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "engine/sys/error.h"
#include "engine/tool/processes.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

namespace fs = std::filesystem;

std::optional<NamespaceId> look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return NamespaceId{status.st_dev, status.st_ino};
}

// The names that `ip netns` gives.
std::optional<std::string> name_under_run(const NamespaceId& id) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/run/netns", error)) {
    if (look_at(entry.path()) == id) return entry.path();
  }
  return std::nullopt;
}

NamespaceId namespace_of_target(pid_t pid) {
  try {
    return namespace_at(namespace_path(pid));
  } catch (const SystemError& error) {
    throw error.advise(error.error_number() == ENOENT
                           ? fmt::format("there is no process {}", pid)
                           : "the process must be yours, or run as root");
  }
}

}  // namespace

std::string namespace_path(pid_t pid) { return fmt::format("/proc/{}/ns/net", pid); }

NamespaceId namespace_at(const std::string& path) {
  if (const auto id = look_at(path)) return *id;
  throw SystemError("stat", fmt::format("\"{}\"", path), errno);
}

std::optional<NamespaceId> namespace_of(pid_t pid) { return look_at(namespace_path(pid)); }

NamespaceId own_namespace() { return namespace_at("/proc/thread-self/ns/net"); }

std::string common_namespace(const std::vector<pid_t>& pids) {
  const NamespaceId first = namespace_of_target(pids.front());
  for (const pid_t pid : pids) {
    if (namespace_of_target(pid) == first) continue;
    throw Refused(fmt::format(
        "processes {} and {} are in two network namespaces; one image is of one namespace",
        pids.front(), pid));
  }
  return namespace_path(pids.front());
}

Inside::Inside(const std::string& path) {
  if (path.empty() || namespace_at(path) == own_namespace()) return;
  try {
    scope_.emplace(NetworkNamespace::of_path(path));
  } catch (const SystemError& error) {
    throw error.about(path).advise(
        "entering it needs CAP_SYS_ADMIN; if a user namespace owns it: nsenter -t PID -U -n");
  }
}

std::optional<std::string> lasting_path(const NamespaceId& id, const NamespaceId& own) {
  if (id == own) return "";
  if (auto name = name_under_run(id)) return name;
  const std::vector<pid_t> inhabitants = processes_in(id);
  if (inhabitants.empty()) return std::nullopt;
  return namespace_path(inhabitants.front());
}

}  // namespace sockcr
