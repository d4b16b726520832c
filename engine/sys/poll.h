// Waiting for a condition, never for a time.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

namespace sockcr {

using Clock = std::chrono::steady_clock;

// Asks `condition` again and again, at least once, until it holds or `limit` has passed; tells
// whether it held. The pause between two questions starts at nothing and grows to 1 ms.
[[nodiscard]] bool poll_until(Clock::duration limit, const std::function<bool()>& condition);

// Waits until `descriptor` is readable; false when `limit` passes first.
[[nodiscard]] bool readable_within(int descriptor, Clock::duration limit);

}  // namespace sockcr
