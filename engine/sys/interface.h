#pragma once

#include <string>

namespace sockcr {

// The index of network device `name` in the calling thread's namespace; throws SystemError.
unsigned interface_index(const std::string& name);

}  // namespace sockcr
