// The sysctls that results depend on, pinned. A namespace is born with values that some machine's
// administrator has chosen (IPv4 ones are copied from the first namespace), so none is trusted.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "netns/end.h"

namespace sockcr::netns {

struct Sysctl {
  std::string_view name;  // as sysctl(8) prints it: "net.ipv4.tcp_sack"
  std::string_view ours;
  std::string_view peer;
  std::string_view reason;
  bool required = false;  // its absence is an error; else older kernels just do without
};

std::span<const Sysctl> pinned_sysctls();

// A case's wish, laid over the table; of both ends unless `end` is named.
struct SysctlOverride {
  std::string name;
  std::string value;
  std::optional<End> end{};
};

// What was written, and where: for --verbose.
struct AppliedSysctl {
  std::string name;
  End end;
  std::string value;
  std::string reason;  // "override" for a case's wish
  bool present;        // false: this kernel has no such sysctl
};

// Writes the values of `end` in the calling thread's network namespace, which must be that end's.
// Throws SystemError when the kernel refuses a value or lacks a required sysctl, and Unsupported
// when it lacks one that was overridden, or the value (EINVAL).
std::vector<AppliedSysctl> apply_sysctls(End end, std::span<const SysctlOverride> overrides);

// One line a sysctl: "net.ipv4.tcp_sack = 1 (reason)"; both ends' values where they differ.
std::string to_text(std::span<const AppliedSysctl> applied);

// In the calling thread's namespace. False when this kernel has no such sysctl; throws SystemError
// when it refuses the value.
bool write_sysctl(std::string_view name, std::string_view value);
// The value in the calling thread's namespace; nothing when this kernel has no such sysctl.
std::optional<std::string> read_sysctl(std::string_view name);

}  // namespace sockcr::netns
