// The filter of a socket, as it is read and as it is attached.
#pragma once

#include "engine/image/socket_filter.h"

namespace sockcr {

// Of an eBPF program no call tells which: its id is unread_program then.
SocketFilter capture_filter(int socket);

// Throws SystemError; Unsupported, by name, where an eBPF program is not the kernel's any more.
void attach(int socket, const SocketFilter& filter);

// Throws Unsupported where `filter` names an eBPF program that this kernel has not, or has under
// another name.
void require_program_of(const SocketFilter& filter);

}  // namespace sockcr
