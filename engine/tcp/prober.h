// Asking a socket that no descriptor refers to: a forged segment that it must answer, and the
// answer heard behind the closed gate. Nothing of either reaches the wire.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "engine/gate/gate.h"
#include "engine/gate/tap.h"
#include "engine/sys/poll.h"
#include "engine/tcp/heard.h"
#include "engine/tcp/injectors.h"

namespace sockcr {

// The two ends of the socket that is asked.
struct Tuple {
  Address local, remote;
};

class Prober {
 public:
  // `gate` is closed and has a tap; throws Unsupported, with `what` it was needed for, when it has
  // none.
  Prober(const Gate* gate, std::string_view what);

  // Forges `segment` in the peer's name.
  void forge(const Tuple& tuple, Segment segment);

  // The next segment that the socket sent, within `limit`.
  [[nodiscard]] std::optional<HeardSegment> hear(const Tuple& tuple, Clock::duration limit);

  // Forges, and waits for the answer, until two answers agree, and the clock is exact or there were
  // many. Each time with other numbers, for what was chosen at random may have lain within the
  // window. Throws SystemError when there is no answer at all.
  HeardSegment ask(const Tuple& tuple, std::uint8_t flags);

  // The time-stamp clock of the socket that answered last (Agreement::clock).
  const TimestampClock& clock() const { return clock_; }

 private:
  std::optional<HeardSegment> answer_of(const Tuple& tuple, Clock::duration limit);

  Tap tap_;
  Injectors injectors_;
  TimestampClock clock_;
};

}  // namespace sockcr
