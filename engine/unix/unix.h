#pragma once

#include <string>

namespace sockcr {

// Unix sockets are recognised and refused by name. What a refusal says about a socket:
// "unix stream /run/app.sock", "unix dgram @abstract", "unix seqpacket without a name".
std::string describe_unix(int socket);

}  // namespace sockcr
