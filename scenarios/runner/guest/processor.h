#pragma once

#include "engine/sys/descriptor.h"

namespace sockcr::runner {

// Keeps the calling process, and whom it starts, to the processor where it happens to run: a new
// process begins where there is least to do. Where another guest keeps to that one, to the next
// that is free; where none is, they share. The processor is taken while the result is open.
FileDescriptor keep_to_a_processor();

}  // namespace sockcr::runner
