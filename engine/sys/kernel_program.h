// eBPF programs that the kernel has loaded, by the bpf(2) system call alone.
#pragma once

#include <linux/bpf.h>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/sys/descriptor.h"

namespace sockcr {

// BPF_PROG_TYPE_SOCKET_FILTER; unloaded when nothing refers to it any more. Throws SystemError,
// EPERM without CAP_BPF where kernel.unprivileged_bpf_disabled says so.
FileDescriptor load_filter_program(std::span<const bpf_insn> instructions);

// By its id; nothing where the kernel has none of that id. Throws SystemError, EPERM without
// CAP_SYS_ADMIN in the initial user namespace. Linux 4.13.
std::optional<FileDescriptor> open_program(std::uint32_t id);

// SHA of its instructions, as the kernel made it when it was loaded: the first eight bytes in the
// order in which bpftool(8) prints them.
std::uint64_t program_tag(int program);

// SO_ATTACH_BPF: in the place of whatever filter there was.
void attach_program(int socket, int program);

}  // namespace sockcr
