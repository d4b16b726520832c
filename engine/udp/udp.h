#pragma once

#include <string>

namespace sockcr {

// What a refusal says about a UDP or UDP-Lite socket:
// "udp 192.0.2.1:53" or "udplite [::]:53".
std::string describe_udp(int socket);

}  // namespace sockcr
