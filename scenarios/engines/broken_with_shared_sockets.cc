// Mistakes with what several descriptors share.
#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

Mistake in_each_image(void (*edit)(Image&)) {
  Mistake mistake;
  mistake.in_image = edit;
  return mistake;
}

Mistake in_each_file(void (*edit)(OpenFile& file, SocketCircumstance& where)) {
  Mistake mistake;
  mistake.in_image = [edit](Image& image) {
    for (std::size_t i = 0; i < image.sockets.size(); ++i) {
      OpenFile* const file = open_file_of(image.sockets[i]);
      if (file != nullptr) edit(*file, image.where[i]);
    }
  };
  return mistake;
}

void keep_the_first_descriptor(Image& image) {
  for (SocketCircumstance& where : image.where) {
    if (where.holders.size() > 1) where.holders.resize(1);
  }
}

// A socket of its own, which nobody is connected to.
void part_the_last_descriptor(Image& image) {
  for (std::size_t i = image.where.size(); i-- > 0;) {
    if (image.where[i].holders.size() < 2) continue;
    image.sockets.emplace_back(TcpUnconnected{});
    image.where.push_back({.inode = 0, .holders = {image.where[i].holders.back()}});
    image.where[i].holders.pop_back();
  }
}

void disown(OpenFile& file, SocketCircumstance& where) {
  file.owner = SignalOwner::nobody;
  where.owner_pid = 0;
}

void give_to_the_first(OpenFile&, SocketCircumstance& where) {
  if (where.owner_pid != 0 && !where.holders.empty()) where.owner_pid = where.holders.front().pid;
}

}  // namespace

std::vector<EngineEntry> engines_broken_with_shared_sockets() {
  return {
      broken_entry("one-descriptor", "only the first descriptor of a socket comes back",
                   {"shared_socket.v4_active_all_ts_dup", "shared_socket.v6_active_unread_ts_fork"},
                   in_each_image(keep_the_first_descriptor)),
      broken_entry(
          "two-files", "the second descriptor of a socket becomes another socket",
          {"shared_socket.v4_active_all_ts_dup", "shared_socket.v6_active_unread_ts_rights"},
          in_each_image(part_the_last_descriptor)),
      broken_entry("close-on-exec", "close-on-exec is forgotten",
                   {"shared_socket.v4_active_all_ts_dup", "shared_socket.v6_active_unread_ts_dup"},
                   in_each_file([](OpenFile&, SocketCircumstance& where) {
                     for (Holder& holder : where.holders) holder.close_on_exec = false;
                   })),
      broken_entry(
          "status-flags", "O_NONBLOCK and O_ASYNC are forgotten",
          {"shared_socket.v4_active_all_ts_fork", "shared_socket.v6_active_unread_ts_async"},
          in_each_file(
              [](OpenFile& file, SocketCircumstance&) { file.flags = StatusFlags::none; })),
      broken_entry(
          "signal-number", "F_SETSIG is forgotten",
          {"shared_socket.v4_active_all_ts_async", "shared_socket.v6_active_unread_ts_async"},
          in_each_file([](OpenFile& file, SocketCircumstance&) { file.signal = 0; })),
      broken_entry(
          "signal-owner", "whom the signals go to is forgotten",
          {"shared_socket.v4_active_all_ts_async", "shared_socket.v6_active_unread_ts_thread"},
          in_each_file(disown)),
      broken_entry(
          "owner-mistaken", "signals go to the first process of a socket",
          {"shared_socket.v4_active_all_ts_thread", "shared_socket.v6_active_unread_ts_thread"},
          in_each_file(give_to_the_first)),
  };
}

}  // namespace sockcr::scenario
