// Whether a kernel could have produced the values: what one field cannot tell alone. Every refusal
// names the field and the rule. Restore calls this before the first socket exists; decode has
// called it on all that it returns.
#pragma once

#include <optional>

#include "engine/image/fault.h"
#include "engine/image/image.h"

namespace sockcr {

// The states of a TcpConnection.
bool is_restorable(TcpState state);

// The first rule of the socket's own that does not hold; image_rules.h has what it cannot tell
// alone.
std::optional<Fault> find_fault(const Socket& socket);

// Throws ImageError, without an offset, for the first fault of the image.
void validate(const Image& image);

}  // namespace sockcr
