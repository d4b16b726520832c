// `sockcr readdress`: the image of sockets that go on at another address.
#pragma once

#include <string>

#include "engine/tool/exit_code.h"

namespace sockcr {

struct ReaddressOptions {
  std::string image, output;  // "-": standard input, standard output
  std::string from, to;       // "192.0.2.1", "2001:db8::1"
};

// Writes the image only; failure where no socket of it has the address `from`.
ExitCode readdress_image(const ReaddressOptions& options);

}  // namespace sockcr
