// An image by the name that a user gave: a file, or "-" for standard input and output.
#pragma once

#include <string>

#include "engine/image/image.h"
#include "engine/tool/held_signals.h"

namespace sockcr {

// Reads and validates. Throws Refused, with the name, for what is no image.
Image read_named_image(const std::string& path);

// Throws WrongUse when standard output is a terminal.
void refuse_terminal(const std::string& path);

// Whole and safe when it returns. Throws Interrupted when a reader that does not read is waited for
// in vain.
void write_named_image(const std::string& path, const Bytes& image, HeldSignals& signals);

}  // namespace sockcr
