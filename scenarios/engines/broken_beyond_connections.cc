// Mistakes with sockets that listen, wait for a handshake, or belong to nobody.
#include <algorithm>

#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

bool waits_for_accept(const Socket& socket) {
  const auto* connection = std::get_if<TcpConnection>(&socket);
  return connection != nullptr && connection->owner == Owner::listener;
}

bool is_nobodys(const Socket& socket) {
  const auto* connection = std::get_if<TcpConnection>(&socket);
  const bool orphan = connection != nullptr && connection->owner == Owner::nobody;
  return orphan || std::holds_alternative<TcpTimeWait>(socket);
}

Mistake without(bool (*forgotten)(const Socket&)) {
  Mistake mistake;
  mistake.in_image = [forgotten](Image& image) {
    for (std::size_t i = image.sockets.size(); i-- > 0;) {
      if (!forgotten(image.sockets[i])) continue;
      image.sockets.erase(image.sockets.begin() + static_cast<std::ptrdiff_t>(i));
      image.where.erase(image.where.begin() + static_cast<std::ptrdiff_t>(i));
    }
  };
  return mistake;
}

// They keep their places among the other sockets, which refer to each other by place.
Mistake last_child_first() {
  Mistake mistake;
  mistake.in_image = [](Image& image) {
    std::vector<Socket> children;
    for (const Socket& socket : image.sockets) {
      if (waits_for_accept(socket)) children.push_back(socket);
    }
    for (Socket& socket : image.sockets) {
      if (!waits_for_accept(socket)) continue;
      socket = children.back();
      children.pop_back();
    }
  };
  return mistake;
}

Mistake group_backwards() {
  Mistake mistake;
  mistake.in_image = [](Image& image) {
    std::uint32_t last = 0;
    for (const Socket& socket : image.sockets) {
      if (const auto* listener = std::get_if<TcpListener>(&socket)) {
        last = std::max(last, listener->group_place);
      }
    }
    for (Socket& socket : image.sockets) {
      if (auto* listener = std::get_if<TcpListener>(&socket)) {
        listener->group_place = last - listener->group_place;
      }
    }
  };
  return mistake;
}

// As if what the timer of the first stage shows were all that is left.
Mistake first_stage_only() {
  constexpr std::uint32_t minute_ms = 60'000;
  return in_every<TcpTimeWait>([](TcpTimeWait& t) {
    if (t.remaining_ms <= minute_ms) return;
    t.remaining_ms /= 2;
  });
}

Mistake error_forgotten() {
  return in_every<TcpConnection>([](TcpConnection& c) { c.error = 0; });
}

}  // namespace

std::vector<EngineEntry> engines_broken_beyond_connections() {
  return {
      broken_entry(
          "syn", "the SYN begins one number too high",
          {"syn_sent.v4_active_empty_ts_delivered", "syn_sent.v6_active_empty_nots_delivered"},
          in_every<TcpSynSent>([](TcpSynSent& s) { s.isn += 1; })),
      broken_entry("request", "the SYN-ACK begins one number too high",
                   {"syn_recv.v4_passive_empty_ts_acked", "syn_recv.v6_passive_empty_nots_written"},
                   in_every<TcpRequest>([](TcpRequest& r) { r.snt_isn += 1; })),
      broken_entry("accept-queue", "who has not been accepted is forgotten",
                   {"accept_queue.v4_passive_empty_ts", "accept_queue.v6_passive_unread_nots_fin"},
                   without(waits_for_accept)),
      broken_entry(
          "accept-order", "who came last is accepted first",
          {"accept_queue.v4_passive_empty_ts_full", "accept_queue.v6_passive_unread_nots_full"},
          last_child_first()),
      broken_entry("backlog", "the backlog is not restored",
                   {"listen.v4_passive_empty_ts", "accept_queue.v6_passive_empty_nots"},
                   in_every<TcpListener>([](TcpListener& l) { l.backlog += 1; })),
      broken_entry("listener-options", "what the listener was told is forgotten",
                   {"listen.v4_passive_empty_ts_defer", "listen.v6_passive_empty_nots_fastopen"},
                   in_every<TcpListener>([](TcpListener& l) { l.options.clear(); })),
      broken_entry("group-order", "the members of a group stand in the other order",
                   {"listen_reuseport.v4_passive_empty_ts",
                    "listen_reuseport.v6_passive_empty_nots_wildcard"},
                   group_backwards()),
      broken_entry("unbound", "what was never connected is not bound again",
                   {"close_bound.v4_active_empty_ts", "close_bound.v6_active_empty_nots_wildcard"},
                   in_every<TcpUnconnected>([](TcpUnconnected& s) {
                     s.local.bytes.fill(0);
                     s.local.port = 0;
                   })),
      broken_entry(
          "error", "a pending error is forgotten",
          {"close_reset.v4_active_empty_ts", "close_reset.v6_passive_unread_nots_behind_fin"},
          error_forgotten()),
      broken_entry("ownerless", "what belongs to nobody is forgotten",
                   {"orphan_fin_wait1.v4_active_unsent_ts", "time_wait.v6_passive_empty_nots"},
                   without(is_nobodys)),
      broken_entry("time-wait", "TIME_WAIT acknowledges one number too little",
                   {"time_wait.v4_active_empty_ts", "time_wait.v6_passive_empty_nots"},
                   in_every<TcpTimeWait>([](TcpTimeWait& t) { t.rcv_nxt -= 1; })),
      broken_entry("linger", "FIN_WAIT2 is kept for a minute, whatever was left of its time",
                   {"orphan_fin_wait2.v4_active_empty_ts_linger2",
                    "orphan_fin_wait2.v6_passive_empty_nots_linger2"},
                   in_every<TcpTimeWait>([](TcpTimeWait& t) { t.remaining_ms = 60'000; })),
      broken_entry(
          "linger-short", "FIN_WAIT2 is given up a quarter too soon",
          {"timer_fin_wait2.v4_active_empty_ts_linger2", "timer_fin_wait2.v6_passive_empty_nots"},
          in_every<TcpTimeWait>([](TcpTimeWait& t) { t.remaining_ms -= t.remaining_ms / 4; })),
      broken_entry("linger-stage", "of FIN_WAIT2 in two stages the second is forgotten",
                   {"timer_fin_wait2.v4_active_empty_ts_long"}, first_stage_only()),
  };
}

}  // namespace sockcr::scenario
