// What the answers to the same question tell together. One alone may be something else: a timer of
// the socket spoke at the same moment.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/image/tcp_connection.h"
#include "engine/tcp/heard.h"

namespace sockcr {

class Agreement {
 public:
  // It was asked at `asked_ms` of CLOCK_MONOTONIC, and the answer had come after `took_ms`.
  void add(const HeardSegment& answer, std::uint32_t asked_ms, std::uint32_t took_ms);

  // The last answer that had the numbers of the one before it.
  const std::optional<HeardSegment>& answer() const { return agreed_; }

  // Another one would tell nothing more.
  bool is_exact() const { return uncertain_ms_ == 0; }

  // The time-stamp clock of who answers, in milliseconds. An answer is sent while the question is
  // being sent, so the clock is exact where that took less than one. On a slow machine it never
  // does: then the quickest tells most, and is taken for one that came at once. The clock is ahead
  // by as much at the most, and never behind.
  const TimestampClock& clock() const { return clock_; }

 private:
  std::optional<HeardSegment> last_, agreed_;
  std::uint32_t uncertain_ms_ = UINT32_MAX;
  TimestampClock clock_;
};

}  // namespace sockcr
