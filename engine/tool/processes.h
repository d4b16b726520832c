// Which processes there are, and which of them are meant.
#pragma once

#include <sys/types.h>
#include <vector>

#include "engine/tool/network_namespaces.h"

namespace sockcr {

struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
};

// All that /proc shows, ascending, without those that have ended and wait for their parent.
std::vector<ProcessEntry> every_process();

// `roots` in their order, then all their descendants.
std::vector<pid_t> with_descendants(const std::vector<pid_t>& roots,
                                    const std::vector<ProcessEntry>& all);

// The caller, and its children, are never among them.
std::vector<pid_t> processes_in(const NamespaceId& id);

// Throws Refused when a process that is not in `pids` holds one of their sockets: it would meet it
// in repair mode. Processes that may not be looked at are passed over.
void refuse_shared_sockets(const std::vector<pid_t>& pids);

}  // namespace sockcr
