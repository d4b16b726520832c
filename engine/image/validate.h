// Whether a kernel could have produced the values: what one field cannot tell alone. Every refusal
// names the field and the rule. Restore calls this before the first socket exists; decode has
// called it on all that it returns.
#pragma once

#include <optional>
#include <string>

#include "engine/image/attributes.h"
#include "engine/image/image.h"

namespace sockcr {

// The states that this version restores.
bool is_restorable(TcpState state);

struct Fault {
  Attribute attribute;
  std::string reason;
};

// The first rule that does not hold, in the order of the tables in validate.cc.
std::optional<Fault> find_fault(const Socket& socket);
std::optional<Fault> find_fault(const SocketCircumstance& where);

// Throws ImageError, without an offset, for the first fault of the image.
void validate(const Image& image);

}  // namespace sockcr
