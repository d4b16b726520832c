#pragma once

#include <string>

namespace sockcr {

// What a refusal says about a unix socket:
// "unix stream /run/app.sock", "unix dgram @abstract", "unix seqpacket without a name".
std::string describe_unix(int socket);

}  // namespace sockcr
