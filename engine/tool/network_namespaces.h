// Which network namespace is meant, and how to name it to a user.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <vector>

#include "engine/sys/setns.h"

namespace sockcr {

struct NamespaceId {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const NamespaceId&, const NamespaceId&) = default;
};

std::string namespace_path(pid_t pid);  // "/proc/PID/ns/net"

// Throws SystemError.
NamespaceId namespace_at(const std::string& path);
// Nothing for a process that has ended, or that may not be looked at.
std::optional<NamespaceId> namespace_of(pid_t pid);
NamespaceId own_namespace();

// The one in which all of `pids` are. Throws Refused when there are two, SystemError when one of
// them cannot be looked at.
std::string common_namespace(const std::vector<pid_t>& pids);

// The calling thread is inside `path` while it lives. For the namespace that one is in there is
// nothing to do, and no right is needed; an empty path is that one.
class Inside {
 public:
  explicit Inside(const std::string& path);

 private:
  std::optional<NetworkNamespace::Scope> scope_;
};

// What to give to --netns: a name under /run/netns, or a process that lives there; empty for the
// caller's own, nothing when nobody but the caller holds it.
std::optional<std::string> lasting_path(const NamespaceId& id, const NamespaceId& own);

}  // namespace sockcr
