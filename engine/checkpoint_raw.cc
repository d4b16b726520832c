// What a checkpoint does with raw sockets.
#include <fmt/format.h>
#include <algorithm>
#include <cstdio>

#include "engine/checkpoint.h"
#include "engine/raw/capture.h"
#include "engine/raw/plan.h"
#include "engine/raw/queue.h"
#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/perform.h"

namespace sockcr {

Checkpoint::Taken Checkpoint::take_raw(FileDescriptor socket, const std::string& where) {
  const int protocol = get_option(socket.get(), option::protocol);
  if (request_.gate != nullptr && !request_.gate->stops_raw(protocol)) {
    throw Unsupported(fmt::format("{} ({})", describe_raw(socket.get()), where),
                      "its gate lets that protocol through");
  }
  refuse_unsupported_raw(socket.get(), request_.leave_running);
  return {std::move(socket), BeforeTaking{}, {}};
}

Socket Checkpoint::read_raw(int socket, std::uint64_t inode) {
  RawSocket read = capture_raw(socket, inode);
  put_in_order(socket, read);
  refuse_untakable_queue(socket, read);
  return read;
}

// Behind all other reading that may fail: nothing tells what is in such a queue but taking it.
void Checkpoint::take_raw_queues() {
  for (std::size_t i = 0; i < found_.size(); ++i) {
    auto* raw = std::get_if<RawSocket>(&image_.sockets[i]);
    if (raw == nullptr || !has_packets(taken_[i].socket.get())) continue;
    drained_raw_.push_back(i);
    take_queue(taken_[i].socket.get(), *raw);
  }
}

void Checkpoint::fill_raw_queues() {
  for (const std::size_t i : drained_raw_) {
    auto& raw = std::get<RawSocket>(image_.sockets[i]);
    const std::size_t all = raw.queue.size();
    raw.queue = what_can_be_put_back(raw);
    if (raw.queue.size() != all) {
      std::fprintf(stderr, "%zu packets of %s are lost: they could not be put back\n",
                   all - raw.queue.size(), to_text(raw).c_str());
    }
    Forger forger;
    UdpPerformer(to_text(raw), forger, taken_[i].socket.get()).perform(plan_refresh(raw));
  }
}

}  // namespace sockcr
