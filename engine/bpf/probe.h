#pragma once

#include <string>

namespace sockcr {

// Whether the optional BPF backend could run here: the bpf system call, and the rights for it.
struct BpfProbe {
  bool usable = false;
  std::string why_not;  // one clause, empty when usable
};

// Loads a two-instruction program and forgets it. Needs CAP_BPF (or CAP_SYS_ADMIN) in the initial
// user namespace to succeed.
BpfProbe probe_bpf();

}  // namespace sockcr
