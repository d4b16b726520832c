#include "engine/sys/interface.h"

#include <fmt/format.h>
#include <net/if.h>

#include "engine/sys/call.h"

namespace sockcr {

unsigned interface_index(const std::string& name) {
  const int index = static_cast<int>(::if_nametoindex(name.c_str()));
  if (index == 0) throw SystemError("if_nametoindex", name, errno);
  return static_cast<unsigned>(index);
}

}  // namespace sockcr
