// What the rows of the table ask. Each answers for the calling thread's namespaces; a SystemError
// means no.
#pragma once

#include "engine/probe/capability.h"

namespace sockcr::ask {

// rights.cc: harmless anywhere
Finding net_admin();    // CAP_NET_ADMIN over this network namespace
Finding net_raw();      // CAP_NET_RAW over it
Finding ptrace();       // whose programs may be taken apart
Finding pidfd_getfd();  // a descriptor of a child
Finding buffer_force();
Finding time_wait_buckets();

// tcp.cc: over a loopback that is up
Finding repair();
Finding repair_when_half_closed();
Finding repair_window();
Finding raw_v4();
Finding raw_v6();
Finding mark();

// destruction.cc
Finding sock_diag();
Finding sock_destroy();

// firewall.cc: these close gates
Finding gate_v4();
Finding gate_v6();
Finding tap();
Finding hole();

// bpf.cc
Finding bpf_backend();
Finding bpf_load();

// refused.cc: what this kernel has and the engine refuses by name
Finding ktls();
Finding tcp_ao();
Finding mptcp();

}  // namespace sockcr::ask
