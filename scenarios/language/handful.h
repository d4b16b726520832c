// Sockets of ours that talk to nobody: what matters of them is what their program has set.
#pragma once

#include <string>

#include "scenarios/language/step.h"

namespace sockcr::scenario {

// "udp", "udplite", "raw", "tcp" (never connected), "listen", "stream", "dgram", "seqpacket"
// (unix).
struct HandfulWords {
  // Each with legal options at random, set in a random order; some are bound, and some are not.
  Step are_made(int count, std::string kind, At at = At::here()) const;
  Step are_closed(At at = At::here()) const;
};
inline constexpr HandfulWords handful;

}  // namespace sockcr::scenario
