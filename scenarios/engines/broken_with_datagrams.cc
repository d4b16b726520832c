// Mistakes with sockets of UDP and UDP-Lite.
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <memory>

#include "engine/image/decode.h"
#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

void forget_empty_ones(UdpSocket& socket) {
  std::erase_if(socket.queue, [](const Datagram& one) { return one.payload.empty(); });
}

void repeat_the_last(UdpSocket& socket) {
  if (!socket.queue.empty()) socket.queue.push_back(Datagram(socket.queue.back()));
}

Mistake udp_group_backwards() {
  Mistake mistake;
  mistake.in_image = [](Image& image) {
    std::uint32_t last = 0;
    for (const Socket& socket : image.sockets) {
      if (const auto* udp = std::get_if<UdpSocket>(&socket))
        last = std::max(last, udp->group_place);
    }
    for (Socket& socket : image.sockets) {
      if (auto* udp = std::get_if<UdpSocket>(&socket)) udp->group_place = last - udp->group_place;
    }
  };
  return mistake;
}

Mistake in_each(void (*edit)(UdpSocket&)) { return in_every<UdpSocket>(edit); }

// With the mark that passes a gate, to where nobody listens.
void send_marked(int socket, Address to) {
  constexpr std::uint16_t discard = 9;
  to.port = discard;
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(to, storage);
  set_option(socket, option::mark, static_cast<int>(forged_mark));
  if (::sendto(socket, "", 0, 0, reinterpret_cast<const sockaddr*>(&storage), length) < 0) {
    throw SystemError("sendto", to_text(to), errno);
  }
  set_option(socket, option::mark, 0);
}

// What it puts back leaves the machine, too.
class Leaking : public Native {
 public:
  void restore() override {
    Native::restore();
    const Image sent = decode(image());
    const std::vector<RestoredSocket> built = sockets();
    for (std::size_t i = 0; i < built.size(); ++i) {
      const auto* udp = std::get_if<UdpSocket>(&sent.sockets[i]);
      if (udp == nullptr || udp->queue.empty()) continue;
      send_marked(built[i].socket, udp->queue.front().source);
    }
  }
};

}  // namespace

std::vector<EngineEntry> engines_broken_with_datagrams() {
  return {
      broken_entry("datagram-order", "datagrams come back in the other order",
                   {"udp_queue.v4_passive_unread_ts", "udplite_queue.v6_passive_unread_ts"},
                   in_each([](UdpSocket& s) { std::reverse(s.queue.begin(), s.queue.end()); })),
      broken_entry("datagram-empty", "empty datagrams are forgotten",
                   {"udp_queue.v6_passive_unread_ts_wildcard", "udp_connected.v4_active_unread_ts"},
                   in_each(forget_empty_ones)),
      broken_entry("datagram-twice", "the last datagram comes back twice",
                   {"udp_queue.mapped_passive_unread_ts", "udplite_queue.v4_passive_unread_ts"},
                   in_each(repeat_the_last)),
      broken_entry("datagram-source", "datagrams come back from the next port",
                   {"udp_queue.v4_passive_unread_ts_large", "udp_reuseport.v6_passive_unread_ts"},
                   in_each([](UdpSocket& s) {
                     for (Datagram& one : s.queue) ++one.source.port;
                   })),
      broken_entry("datagram-hops", "datagrams come back with hops as if they had made none",
                   {"udp_queue.v6_passive_unread_ts", "udplite_queue.mapped_passive_unread_ts"},
                   in_each([](UdpSocket& s) {
                     for (Datagram& one : s.queue) one.hop_limit = 64;
                   })),
      broken_entry("datagram-class", "datagrams come back without their traffic class",
                   {"udp_queue.v4_passive_unread_ts_wildcard", "udp_queue.v6_passive_unread_ts"},
                   in_each([](UdpSocket& s) {
                     for (Datagram& one : s.queue) one.traffic_class = 0;
                   })),
      {"broken:datagram-leak",
       "what is put back leaves the machine, too",
       {"udp_queue.v4_passive_unread_ts", "udplite_queue.v6_passive_unread_ts"},
       [] { return std::make_unique<Leaking>(); }},
      broken_entry("cork-forgotten", "a datagram that was begun is forgotten",
                   {"udp_corked.v4_active_unread_ts", "udp_corked.v6_active_unread_ts_more"},
                   in_each([](UdpSocket& s) { s.corked.clear(); })),
      broken_entry("cork-short", "the last byte of a datagram that was begun is missing",
                   {"udp_corked.mapped_active_unread_ts", "udp_corked.v6_active_unread_ts_lite"},
                   in_each([](UdpSocket& s) {
                     for (Datagram& one : s.corked) one.payload.pop_back();
                   })),
      broken_entry("udp-unconnected", "what was connected hears everybody",
                   {"udp_connected.v4_active_empty_ts", "udp_connected.v6_active_unread_ts"},
                   in_each([](UdpSocket& s) { s.remote = {}; })),
      broken_entry(
          "udp-open", "what was shut down may send again",
          {"udp_connected.v4_active_unread_ts_shut", "udp_connected.v6_active_empty_ts_shut"},
          in_each([](UdpSocket& s) { s.shut_down_send = false; })),
      broken_entry(
          "udp-group-order", "the members of a group stand in the other order",
          {"udp_reuseport.v4_passive_empty_ts", "udp_reuseport.v6_passive_unread_ts_wildcard"},
          udp_group_backwards()),
  };
}

}  // namespace sockcr::scenario
