// What a subject tells when the call that it slept in has returned; one write(2) to a pipe.
#pragma once

#include <climits>
#include <cstdint>

namespace sockcr::scenario {

struct Woken {
  std::int32_t result = 0;
  std::int32_t error = 0;    // errno, where the result is negative
  std::uint32_t events = 0;  // of epoll_wait
  std::uint8_t bytes[1024] = {};
};
static_assert(sizeof(Woken) <= PIPE_BUF);

}  // namespace sockcr::scenario
