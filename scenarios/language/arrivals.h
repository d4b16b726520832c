// Packets of the peer's that arrive while an engine is at work.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/tcp/segment.h"

namespace sockcr::scenario {

class World;

// Where the peer has a socket, what TCP sends to a peer that has been silent for long: an empty
// segment in front of all that is new. Ours answers it by an ACK, and without a socket by a RST.
// Elsewhere a segment without a flag, from a port that ours has never heard of: no host lets it
// pass in silence but one that listens (RFC 9293, 3.10.7). It stops when the gate opens.
class Arrivals {
 public:
  // For conversation 1, as the peer stands now, or for the first listener.
  explicit Arrivals(World& world);

  void arrive();
  void gate_opens() { gate_is_open_ = true; }
  std::size_t count() const { return count_; }

 private:
  bool arrives_no_more();

  World& world_;
  const bool of_a_socket_;
  std::unique_ptr<Injector> injector_;  // in the peer's namespace
  Segment segment_;
  bool gate_is_open_ = false;
  std::size_t count_ = 0;
};

}  // namespace sockcr::scenario
