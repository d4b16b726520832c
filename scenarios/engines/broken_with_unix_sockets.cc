// Mistakes with unix sockets.
#include <algorithm>

#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

Mistake in_each(void (*edit)(UnixSocket&)) { return in_every<UnixSocket>(edit); }

void merge_the_first_two(UnixSocket& s) {
  if (s.queue.size() < 2) return;
  const Bytes second = s.queue[1].payload;
  s.queue[0].payload.insert(s.queue[0].payload.end(), second.begin(), second.end());
  s.queue.erase(s.queue.begin() + 1);
}

void reverse_rights(UnixSocket& s) {
  for (UnixMessage& one : s.queue) std::reverse(one.rights.begin(), one.rights.end());
}

void forget_credentials(UnixSocket& s) {
  for (UnixMessage& one : s.queue) {
    one.has_credentials = false;
    one.credentials = {};
  }
}

void forget_shutdown(UnixSocket& s) {
  if (!s.peer_gone) s.shut_down_receive = s.shut_down_send = false;
}

// Who waits behind the others comes first.
Mistake last_comes_first() {
  Mistake mistake;
  mistake.in_image = [](Image& image) {
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < image.sockets.size(); ++i) {
      const auto* one = std::get_if<UnixSocket>(&image.sockets[i]);
      if (one != nullptr && one->listener != 0) waiting.push_back(i);
    }
    if (waiting.size() < 2) return;
    const std::size_t first = waiting.front(), last = waiting.back();
    std::swap(image.sockets[first], image.sockets[last]);
    for (const std::size_t place : {first, last}) {
      const auto& one = std::get<UnixSocket>(image.sockets[place]);
      if (one.peer == 0) continue;
      std::get<UnixSocket>(image.sockets[one.peer - 1]).peer =
          static_cast<std::uint32_t>(place + 1);
    }
  };
  return mistake;
}

}  // namespace

std::vector<EngineEntry> engines_broken_with_unix_sockets() {
  return {
      broken_entry("unix-boundary", "the first two messages come back as one",
                   {"unix_seqpacket.v4_active_unread_ts", "unix_dgram.v4_active_unread_ts_pair"},
                   in_each(merge_the_first_two)),
      broken_entry("unix-sender", "datagrams come back from nobody",
                   {"unix_dgram.v4_active_unread_ts", "unix_dgram.v4_active_unread_ts_path"},
                   in_each([](UnixSocket& s) {
                     for (UnixMessage& one : s.queue) one.sender.clear();
                   })),
      broken_entry("unix-unread", "what was not read is lost",
                   {"unix_stream.v4_active_unread_ts", "unix_listen.v4_active_unread_ts"},
                   in_each([](UnixSocket& s) { s.queue.clear(); })),
      broken_entry(
          "unix-open", "what was shut down is open again",
          {"unix_stream.v4_active_unread_ts_shut", "unix_seqpacket.v4_active_empty_ts_shut"},
          in_each(forget_shutdown)),
      broken_entry("unix-urgent", "a byte out of band comes back as any other",
                   {"unix_stream.v4_active_unread_ts_oob"}, in_each([](UnixSocket& s) {
                     for (UnixMessage& one : s.queue) one.out_of_band = false;
                   })),
      broken_entry(
          "unix-credentials", "nobody knows any more who has sent a message",
          {"unix_credentials.v4_active_unread_ts", "unix_credentials.v4_active_unread_ts_dgram"},
          in_each(forget_credentials)),
      broken_entry("unix-peer", "the peer is the engine",
                   {"unix_stream.v4_active_empty_ts", "unix_listen.v4_active_empty_ts"},
                   in_each([](UnixSocket& s) { s.peer_credentials.pid = 1; })),
      broken_entry("unix-rights-order", "sockets are carried in the other order",
                   {"unix_rights.v4_active_unread_ts", "unix_rights.v4_active_unread_ts_dgram"},
                   in_each(reverse_rights)),
      broken_entry("unix-rights", "messages carry nothing",
                   {"unix_rights.v4_active_unread_ts_seqpacket"}, in_each([](UnixSocket& s) {
                     for (UnixMessage& one : s.queue) one.rights.clear();
                   })),
      broken_entry("unix-queue-order", "who came last is accepted first",
                   {"unix_listen.v4_active_unread_ts", "unix_listen.v4_active_empty_ts_seqpacket"},
                   last_comes_first()),
      broken_entry("unix-mode", "everybody may connect",
                   {"unix_listen.v4_active_empty_ts_path", "unix_dgram.v4_active_empty_ts_path"},
                   in_each([](UnixSocket& s) {
                     if (is_path(s.name) && !s.node.unlinked) s.node.mode = 0777;
                   })),
  };
}

}  // namespace sockcr::scenario
