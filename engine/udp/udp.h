#pragma once

#include <string>

namespace sockcr {

// UDP and UDP-Lite are recognised and refused by name. What a refusal says about a socket:
// "udp 192.0.2.1:53" or "udplite [::]:53".
std::string describe_udp(int socket);

}  // namespace sockcr
