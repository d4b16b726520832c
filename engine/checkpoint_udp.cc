// What a checkpoint does with sockets of datagrams.
#include <fmt/format.h>

#include "engine/checkpoint.h"
#include "engine/sys/error.h"
#include "engine/udp/refuse.h"
#include "engine/udp/udp.h"

namespace sockcr {

// A gate for TCP alone would let datagrams come to a port that nobody has, and the kernel's answer
// (ICMP port unreachable) out.
Checkpoint::Taken Checkpoint::take_udp(FileDescriptor socket, const Holder& holder) {
  const std::string where =
      fmt::format("descriptor {} of process {}", holder.descriptor, holder.pid);
  if (request_.gate != nullptr && !request_.gate->stops_datagrams()) {
    throw Unsupported(fmt::format("{} ({})", describe_udp(socket.get()), where),
                      "its gate lets datagrams through");
  }
  refuse_unsupported_udp(socket.get(), request_.leave_running);
  std::vector<UdpDiag>& dump = is_udp_lite(socket.get()) ? udp_lite_dump_ : udp_dump_;
  if (dump.empty()) dump = dump_udp(is_udp_lite(socket.get()));
  BeforePeeking before = before_peeking(socket.get());
  return {std::move(socket), std::move(before), {}};
}

// Of a program that is to end nobody will read the queue once more.
UdpSocket Checkpoint::read_udp(int socket) {
  const std::vector<UdpDiag>& dump = is_udp_lite(socket) ? udp_lite_dump_ : udp_dump_;
  CapturedUdp captured = capture_udp(socket, dump);
  try {
    if (captured.hid_something) refresh_queue(socket, captured, dump);
  } catch (const Unsupported&) {  // nothing was done
    if (request_.leave_running) throw;
  }
  return std::move(captured.socket);
}

}  // namespace sockcr
