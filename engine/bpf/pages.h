// Where the kernel keeps the bytes of a page: pages.bpf.h must know it, and no system call tells.
#pragma once

#include <string>

#include "engine/bpf/loaded_object.h"

namespace sockcr {

// Asks find_page, by pages of a pipe that hold words which nobody else has, and proves the answer
// with all the others. Returns why it is not known; empty when it is. Touches nothing but the pipe.
std::string find_pages(const LoadedObject& object);

}  // namespace sockcr
