// What the kernel says of a process (proc_pid_stat(5)).
#pragma once

#include <sys/types.h>

namespace sockcr::scenario {

// R: it runs, or waits for a processor; S: asleep; T: stopped; ?: there is none.
char process_state(pid_t pid);

}  // namespace sockcr::scenario
