// An engine that is broken on purpose: ours, with one mistake.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/engines/native.h"

namespace sockcr::scenario {

// As edits of the values that a cut consists of.
struct Mistake {
  std::function<void(std::vector<Reading>&)> in_readings = [](auto&) {};
  std::function<void(Image&)> in_image = [](auto&) {};
  std::function<void(SocketPlan&, const Socket&)> in_plan = [](auto&, const auto&) {};
};

// In every socket of one kind.
template <class Kind>
Mistake in_every(std::function<void(Kind&)> edit) {
  Mistake mistake;
  mistake.in_image = [edit = std::move(edit)](Image& image) {
    for (Socket& socket : image.sockets) {
      if (auto* kind = std::get_if<Kind>(&socket)) edit(*kind);
    }
  };
  return mistake;
}

EngineEntry broken_entry(std::string name, std::string about, std::vector<std::string> cases,
                         Mistake mistake);

// Those of sockets that listen, wait for a handshake, or belong to nobody.
std::vector<EngineEntry> engines_broken_beyond_connections();
// Those of what a connection carries besides its state and its queues.
std::vector<EngineEntry> engines_broken_beside_the_queues();
// Those of sockets of UDP and UDP-Lite.
std::vector<EngineEntry> engines_broken_with_datagrams();
// Those of raw sockets.
std::vector<EngineEntry> engines_broken_with_raw_sockets();
// Those of socket filters.
std::vector<EngineEntry> engines_broken_with_filters();
// Those of multicast memberships.
std::vector<EngineEntry> engines_broken_with_groups();
// Those of what several descriptors share.
std::vector<EngineEntry> engines_broken_with_shared_sockets();
// Those of unix sockets.
std::vector<EngineEntry> engines_broken_with_unix_sockets();
// Those of when and where.
std::vector<EngineEntry> engines_broken_elsewhere();

}  // namespace sockcr::scenario
