// A world of its own for one process: user (without root), network, mount and PID namespaces.
#pragma once

#include <functional>

namespace sockcr::netns {

// Runs `body` as PID 1 of fresh namespaces, with all capabilities there, and returns what it
// returns; 128 + the signal's number when a signal ended it. Whatever the body made (processes,
// devices, firewall rules) vanishes with it, on SIGKILL too, and it dies with the calling thread.
//
// Inside: lo is up, mounts are private, /proc is the PID namespace's, /run is empty and writable
// (iptables-legacy keeps its lock there). PID 1 ignores every signal for which it has no handler,
// SIGINT too; it ends by returning or by SIGKILL.
//
// The calling process must be single-threaded. Throws SystemError, with the next step, when this
// machine forbids namespaces. Linux 5.3.
int run_in_sandbox(const std::function<int()>& body);

}  // namespace sockcr::netns
