#pragma once

#include "engine/image/address.h"

namespace sockcr {

// Whether what is sent to `address` stays in this network namespace: by the kernel's own routing,
// for what bears the engine's mark.
bool is_address_of_this_machine(const Address& address);

}  // namespace sockcr
