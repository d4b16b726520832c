// What a kernel of a distribution has as modules, and needs before it can reach the host's files.
#pragma once

#include <string>

namespace sockcr::guest {

// Loads every file of `folder`, in the order of their names. One that this machine has no use for
// (another CPU's checksum) is told on the console and left out.
void load_modules(const std::string& folder);

}  // namespace sockcr::guest
