// An image as JSON, complete: every field, queues and option values in hexadecimal.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/image/image.h"

namespace sockcr {

// {"format":1,"circumstance":{...},"sockets":[{"kind":"tcp_connection",...,"where":{...}}]}
// Keys are the names of attributes.h, in its order.
nlohmann::ordered_json to_json(const Image& image);

}  // namespace sockcr
