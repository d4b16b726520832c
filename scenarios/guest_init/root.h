// The guest's root: the host's files where they are on the host, and writable: what is written is
// the guest's own and vanishes with it. So nothing that the host has is hidden, as an empty /tmp
// would hide it.
#pragma once

#include "scenarios/guest_init/settings.h"

namespace sockcr::guest {

// With /proc, /sys, /dev, the kernel's modules, and the one folder that reaches the host.
void enter_root(const Settings& settings);

}  // namespace sockcr::guest
