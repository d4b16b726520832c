// What a checkpoint does with sockets of datagrams.
#include <fmt/format.h>
#include <cstdio>

#include "engine/checkpoint.h"
#include "engine/gate/tap.h"
#include "engine/sys/error.h"
#include "engine/udp/corked.h"
#include "engine/udp/refuse.h"
#include "engine/udp/udp.h"

namespace sockcr {

// A gate for TCP alone would let datagrams come to a port that nobody has, and the kernel's answer
// (ICMP port unreachable) out.
Checkpoint::Taken Checkpoint::take_udp(FileDescriptor socket, const std::string& where) {
  if (request_.gate != nullptr && !request_.gate->stops_datagrams()) {
    throw Unsupported(fmt::format("{} ({})", describe_udp(socket.get()), where),
                      "its gate lets datagrams through");
  }
  refuse_corked(socket.get());
  refuse_unsupported_udp(socket.get(), request_.leave_running);
  std::vector<UdpDiag>& dump = is_udp_lite(socket.get()) ? udp_lite_dump_ : udp_dump_;
  if (dump.empty()) dump = dump_udp(is_udp_lite(socket.get()));
  BeforePeeking before = before_peeking(socket.get());
  return {std::move(socket), std::move(before), {}};
}

// Sending it into the gate is the only way to read it.
void Checkpoint::refuse_corked(int socket) const {
  if (!is_corked(socket)) return;
  const bool heard = request_.gate != nullptr && request_.gate->tap();
  if (heard && !request_.leave_running) return;
  throw Unsupported(fmt::format("a corked datagram of {}", describe_udp(socket)),
                    heard ? "it cannot be read and left running, for reading sends it"
                          : "no call reads what has been written of it (UDP_CORK, MSG_MORE), and "
                            "the gate has no tap to hear it");
}

// Of a program that is to end nobody will peek at the queue once more.
UdpSocket Checkpoint::read_udp(int socket) {
  const std::vector<UdpDiag>& dump = is_udp_lite(socket) ? udp_lite_dump_ : udp_dump_;
  CapturedUdp captured = capture_udp(socket, dump);
  if (captured.hid_something && request_.leave_running) refresh_queue(socket, captured, dump);
  if (captured.hid_something && !request_.leave_running) hidden_.push_back(image_.sockets.size());
  put_in_order(socket, captured.socket);
  if (is_corked(socket)) {
    prober_.reset();  // a tap has one listener
    Tap tap(request_.gate->tap().value());
    captured.socket.corked = {read_corked(socket, tap, to_text(captured.socket))};
  }
  return std::move(captured.socket);
}

// And so, where it does not end after all. Whoever reads has seen everything all the time.
void Checkpoint::show_what_was_hidden() {
  for (const std::size_t i : hidden_) {
    const auto& socket = std::get<UdpSocket>(image_.sockets[i]);
    try {
      refresh_queue(taken_[i].socket.get(), {socket, true},
                    socket.lite ? udp_lite_dump_ : udp_dump_);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "the next checkpoint will not see all of %s: %s\n",
                   to_text(socket).c_str(), error.what());
    }
  }
}

}  // namespace sockcr
