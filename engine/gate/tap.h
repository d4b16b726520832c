// What a closed gate keeps from the wire, read back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/sys/poll.h"

namespace sockcr {

// Listens to one NFLOG group of the network namespace in which it is made (CAP_NET_ADMIN there; the
// group belongs to one listener). Must exist before what it shall hear.
class Tap {
 public:
  explicit Tap(std::uint16_t group);
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  // The next packet, from its IP header on, as it would have left; nothing when `limit` passes.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> next(Clock::duration limit);

 private:
  // libnl's headers exclude <linux/tcp.h>, so nothing of them is shown here.
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace sockcr
