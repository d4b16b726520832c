// Loading an object without reading the kernel's BTF in user space: libbpf writes a program that
// makes the system calls, and the kernel, running it, finds the fields itself (the "light
// skeleton", whose loader is written here when it is needed; Linux 5.17, kernel/bpf/syscall.c).
#pragma once

#include <optional>

#include "engine/bpf/loaded_object.h"
#include "engine/bpf/opened_object.h"

namespace sockcr {

// Nothing where the kernel cannot, with errno set. The object cannot be loaded again afterwards.
std::optional<LoadedObject::Loaded> load_by_kernel(bpf_object& object);

}  // namespace sockcr
