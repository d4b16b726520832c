// A connection over 127.0.0.1, to ask questions of.
#pragma once

#include "engine/sys/descriptor.h"

namespace sockcr {

struct Loopback {
  FileDescriptor listener, client, server;

  static Loopback connect();
};

}  // namespace sockcr
