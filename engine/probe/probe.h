// Asking the machine. What needs rules, connections or namespaces is tried inside a throw-away
// network namespace (with a user namespace of its own where the caller may not make one without),
// so nothing of this machine changes but for kernel modules that a first use loads.
#pragma once

#include <vector>

#include "engine/probe/capability.h"

namespace sockcr {

// Every capability of the table (table.h), in its order. Takes some 0.1 s, most of it waiting for
// iptables. Never throws for what the machine refuses: that is an answer.
std::vector<Capability> probe_capabilities();

}  // namespace sockcr
