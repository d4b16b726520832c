// From what our programs have seen to the values of an image; pure.
#pragma once

#include <span>

#include "engine/bpf/seen.h"
#include "engine/image/image.h"

namespace sockcr {

Address local_of(const SeenSocket& seen);
Address remote_of(const SeenSocket& seen);

TcpRequest request_of(const SeenSocket& seen);  // without its listener

// A socket of FIN_WAIT2 that has still to become a time-wait one is kept in the same way.
bool is_time_wait(const SeenSocket& seen);
// `tick_ns`: of the kernel's timers.
TcpTimeWait time_wait_of(const SeenSocket& seen, std::int64_t tick_ns);

// The program has closed it, and it has a FIN of ours to deliver.
bool is_orphan(const SeenSocket& seen);
std::uint32_t queued_bytes(const SeenSocket& orphan);  // the FIN is none of them
TcpConnection connection_of(const SeenSocket& orphan, Bytes queue);

// TcpConnection::send_urgent of the connection that was seen.
std::uint32_t urgent_of(const SeenSocket& seen, const TcpConnection& c);

TimestampClock clock_of(const SeenSocket& seen);

}  // namespace sockcr
