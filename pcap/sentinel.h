// Sending the phase marks, and waiting until a capture has seen them.
//
// What was sent before a mark stands before its last frame. That what is sent behind it stands
// behind all of its frames holds once they have been seen, for each CPU's queue drains at its own
// pace. So at a phase that must not be entered early (opening the gate): send the mark, drain until
// it is seen, then act.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/sys/descriptor.h"
#include "engine/sys/poll.h"
#include "pcap/capture.h"
#include "pcap/mark.h"

namespace sockcr::pcap {

// Sends marks out of `device` of the calling thread's network namespace (at construction; later the
// thread may be in any). Needs CAP_NET_RAW there. Throws SystemError.
class MarkSender {
 public:
  explicit MarkSender(const std::string& device);

  // Sends one frame from each CPU that the calling thread may run on, the thread's CPU mask is put
  // back afterwards. Returns the mark's serial number. 30 us a CPU.
  std::uint32_t send(std::string_view name, std::uint16_t round = 1);

 private:
  FileDescriptor socket_;
  MacAddress source_;
  std::uint32_t last_serial_ = 0;
};

// Drains `capture` until every frame of mark `serial` has been seen: then everything that was sent
// before the mark is in the capture. Throws SystemError when `limit` passes first, or when the
// kernel dropped packets.
void drain_until_mark(Capture& capture, std::uint32_t serial,
                      Clock::duration limit = std::chrono::seconds(5));

}  // namespace sockcr::pcap
