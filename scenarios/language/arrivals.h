// Packets of the peer's that arrive while an engine is at work.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/tcp/segment.h"

namespace sockcr::scenario {

class World;

// What TCP sends to a peer that has been silent for long, as often as it is told to: an empty
// segment in front of all that is new. A socket answers it by an ACK, and a host without the socket
// by a RST.
class Arrivals {
 public:
  // Of conversation 1, as the peer stands now.
  explicit Arrivals(World& world);

  void arrive();
  std::size_t count() const { return count_; }

 private:
  World& world_;
  std::unique_ptr<Injector> injector_;  // in the peer's namespace
  Segment keepalive_;
  std::size_t count_ = 0;
};

}  // namespace sockcr::scenario
