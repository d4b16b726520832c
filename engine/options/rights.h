// What writing an option asks for, beside the socket.
#pragma once

#include <cstdint>
#include <string_view>

namespace sockcr {

enum class OptionRights : std::uint8_t {
  none,
  network,  // CAP_NET_ADMIN or CAP_NET_RAW over the network namespace, which a restore has
  machine,  // CAP_NET_ADMIN in the initial user namespace, which a container has not
};

OptionRights rights_for(int level, int number);
std::string_view to_text(OptionRights rights);  // "CAP_NET_ADMIN in the initial user namespace"

}  // namespace sockcr
