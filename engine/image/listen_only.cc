#include "engine/image/listen_only.h"

#include <optional>
#include <utility>

namespace sockcr {
namespace {

// Empty for what is left out.
using Kept = std::optional<Socket>;

Kept kept(TcpListener listener) { return listener; }
Kept kept(TcpUnconnected socket) { return socket; }
Kept kept(UdpSocket socket) { return socket; }  // whom it has heard it has no connection with
Kept kept(RawSocket socket) { return socket; }
Kept kept(UnixSocket socket) { return socket; }  // nobody outside the image is told anything
Kept kept(const TcpRequest&) { return {}; }
Kept kept(const TcpTimeWait&) { return {}; }

// All is acknowledged and read, FINs included: no number lies beyond another.
Kept kept(TcpConnection c) {
  if (c.owner != Owner::program) return {};
  c.state = TcpState::close;
  c.error = 0;
  c.snd_una = c.snd_nxt = c.write_seq;
  c.copied_seq = c.rcv_nxt - 1;  // in front of the FIN, which is all that is left to read
  c.send_queue.clear();
  c.receive_queue.clear();
  c.receive_urgent = c.send_urgent = 0;
  c.urgent_taken = c.send_urgent_unknown = false;
  return c;
}

// The peer has told nothing: its numbers are 0, its MSS is what RFC 9293 (3.7.1) assumes then.
Kept kept(TcpSynSent socket) {
  constexpr std::uint16_t assumed_mss = 536;
  TcpConnection c;
  c.domain = socket.domain;
  c.local = socket.local;
  c.remote = socket.remote;
  c.write_seq = socket.isn + 1;
  c.negotiated.mss_clamp = assumed_mss;
  c.clock = socket.clock;
  c.options = std::move(socket.options);
  c.file = socket.file;
  return kept(std::move(c));
}

}  // namespace

Image listen_only(Image image) {
  Image left{.circumstance = std::move(image.circumstance), .sockets = {}, .where = {}};
  std::vector<std::uint32_t> numbers;  // of old ones, the new ones
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    Kept socket = std::visit([](auto& kind) { return kept(std::move(kind)); }, image.sockets[i]);
    numbers.push_back(socket ? static_cast<std::uint32_t>(left.sockets.size() + 1) : 0);
    if (!socket) continue;
    left.sockets.push_back(*std::move(socket));
    left.where.push_back(std::move(image.where[i]));
  }
  for (Socket& socket : left.sockets) {
    if (auto* one = std::get_if<UnixSocket>(&socket)) renumber(*one, numbers);
  }
  return left;
}

}  // namespace sockcr
