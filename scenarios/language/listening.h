// A listening socket of ours, and how it was told to listen.
#pragma once

#include <string>

#include "engine/image/address.h"
#include "scenarios/language/actor.h"

namespace sockcr::scenario {

struct Listening {
  int backlog = 8;
  bool wildcard = false;        // 0.0.0.0 or ::, else the address of ours
  bool second_address = false;  // one that comes and goes (SecondAddress in words.h)
  bool v6_only = false;
  bool freebind = false;
  bool reuse_port = false;
  int defer_accept = 0;  // seconds; the kernel keeps 1, 3, 7, 15, ...
  int fast_open = 0;     // pending requests

  std::string text() const;  // " at the wildcard address, with TCP_DEFER_ACCEPT"
};

struct Listener {
  Actor actor;
  Listening told;
  Address address{};
};

}  // namespace sockcr::scenario
