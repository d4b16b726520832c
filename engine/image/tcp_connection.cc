#include "engine/image/tcp_connection.h"

#include <fmt/format.h>
#include <cerrno>

namespace sockcr {
namespace {

// Where the data ends and the FIN would stand.
Sequence end_of_data(const TcpConnection& c) {
  return has_sent_fin(c) ? c.write_seq - 1 : c.write_seq;
}

}  // namespace

std::string_view to_text(Owner owner) {
  switch (owner) {
    case Owner::program:
      return "program";
    case Owner::listener:
      return "listener";
    case Owner::nobody:
      return "nobody";
  }
  return "?";
}

bool has_sent_fin(const TcpConnection& c) { return c.error == 0 && has_sent_fin(c.state); }

bool has_received_fin(const TcpConnection& c) {
  return c.error == 0 ? has_received_fin(c.state) : c.error == EPIPE;
}

bool fin_is_acked(const TcpConnection& c) { return c.error == 0 && fin_is_acked(c.state); }

// Both counts stay right when everything, the FIN included, is acknowledged: snd_una then lies one
// behind the end of the data, and the distance is clipped to zero.
std::uint32_t sent_bytes(const TcpConnection& c) {
  const std::int32_t sent = distance(c.snd_una, earlier(c.snd_nxt, end_of_data(c)));
  return sent > 0 ? static_cast<std::uint32_t>(sent) : 0;
}

std::uint32_t unsent_bytes(const TcpConnection& c) {
  const std::int32_t unsent = distance(c.snd_nxt, end_of_data(c));
  return unsent > 0 ? static_cast<std::uint32_t>(unsent) : 0;
}

// An application that has read the end of file has read the peer's FIN too: copied_seq then lies
// behind it.
std::uint32_t unread_bytes(const TcpConnection& c) {
  const Sequence end = has_received_fin(c) ? c.rcv_nxt - 1 : c.rcv_nxt;
  const std::int32_t unread = distance(c.copied_seq, end);
  return unread > 0 ? static_cast<std::uint32_t>(unread) : 0;
}

bool fin_is_unsent(const TcpConnection& c) {
  return has_sent_fin(c) && !fin_is_acked(c) && c.snd_nxt != c.write_seq;
}

bool fin_is_in_flight(const TcpConnection& c) {
  return has_sent_fin(c) && !fin_is_acked(c) && c.snd_nxt == c.write_seq;
}

std::string to_text(const TcpConnection& c) {
  return fmt::format("tcp {} > {} {}", to_text(c.local), to_text(c.remote), to_text(c.state));
}

}  // namespace sockcr
