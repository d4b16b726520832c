#pragma once

#include "engine/image/unix_socket.h"
#include "engine/options/table.h"

namespace sockcr {

SocketKinds kind_of(UnixType type);
std::vector<OptionValue> options_of_new_unix_socket(UnixType type);

}  // namespace sockcr
