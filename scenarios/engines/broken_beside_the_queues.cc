// Engines that lose what a connection carries besides its state and its queues: numbers that wrap,
// options, what was agreed on, clocks of other machines.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/sys/error.h"
#include "engine/sys/pidfd.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "scenarios/engines/mistake.h"

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif

namespace sockcr::scenario {
namespace {

Mistake without_option(int level, int number) {
  return in_every<TcpConnection>([=](TcpConnection& c) {
    std::erase_if(c.options,
                  [=](const OptionValue& o) { return o.level == level && o.number == number; });
  });
}

// Leaving repair mode does that by itself.
Mistake reuse_switched_off() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    for (OptionValue& option : c.options) {
      if (option.level == SOL_SOCKET && option.number == SO_REUSEADDR) {
        std::fill(option.value.begin(), option.value.end(), std::uint8_t{0});
      }
    }
  });
}

// The kernel's own default is 64.
Mistake hop_limits_forgotten() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    std::erase_if(c.options, [](const OptionValue& o) {
      return (o.level == IPPROTO_IP && o.number == IP_TTL) ||
             (o.level == IPPROTO_IPV6 && o.number == IPV6_UNICAST_HOPS);
    });
  });
}

// Before the queues are filled, as if nothing had to be forged.
Mistake deaf_from_the_beginning() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    const auto is_connect = [](const Action& a) {
      return std::holds_alternative<action::Connect>(a);
    };
    const auto deafens = [](const Action& a) {
      const auto* option = std::get_if<action::WriteOption>(&a);
      return option != nullptr &&
             (option->value.number == IP_MINTTL || option->value.number == IPV6_MINHOPCOUNT);
    };
    for (Action& a : plan.build) {
      if (auto* forged = std::get_if<action::Forge>(&a)) forged->segment.ip.hop_limit = 64;
    }
    const auto connected = std::find_if(plan.build.begin(), plan.build.end(), is_connect);
    if (connected == plan.build.end()) return;
    std::stable_partition(std::next(connected), plan.build.end(), deafens);
  };
  return mistake;
}

Mistake devices_forgotten() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    c.local.scope_id = c.remote.scope_id = 0;
    std::erase_if(c.options, [](const OptionValue& o) {
      return o.level == SOL_SOCKET && o.number == SO_BINDTODEVICE;
    });
  });
}

// A send queue whose end has the smaller number looks empty.
Mistake numbers_compared_as_integers() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    if (c.write_seq >= c.snd_una) return;
    c.snd_una = c.snd_nxt = c.write_seq;
    c.send_queue.clear();
  });
}

// The clock as it would be, had it begun with the machine: for one that has just wrapped.
Mistake wrapped_clock_taken_for_none() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    for (Action& a : plan.build) {
      auto* clock = std::get_if<action::SetClock>(&a);
      if (clock == nullptr) continue;
      constexpr std::uint32_t a_minute = 60'000;
      const std::uint32_t now = monotonic_ticks(false) + clock->clock.offset;
      if (now < a_minute || now > 0U - a_minute) clock->clock.offset += a_minute + a_minute;
    }
  };
  return mistake;
}

Mistake shift_left_standing() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    const auto repair = std::find_if(plan.build.begin(), plan.build.end(), [](const Action& a) {
      return std::holds_alternative<action::EnterRepair>(a);
    });
    const auto kept = std::remove_if(plan.build.begin(), repair, [](const Action& a) {
      const auto* option = std::get_if<action::WriteOption>(&a);
      return option != nullptr && option->value.number == TCP_WINDOW_CLAMP;
    });
    plan.build.erase(kept, repair);
  };
  return mistake;
}

// What writing the sizes does by the way.
Mistake buffers_locked() {
  return in_every<TcpConnection>([](TcpConnection& c) {
    for (OptionValue& o : c.options) {
      if (o.level == SOL_SOCKET && o.number == SO_BUF_LOCK) o.value.front() = 3;
    }
  });
}

Mistake window_of_0_taken_for_none() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    std::erase_if(plan.build, [](const Action& a) {
      const auto* set = std::get_if<action::SetWindow>(&a);
      return set != nullptr && set->window.rcv_wnd == 0;
    });
  };
  return mistake;
}

// As if the image had been written here.
Mistake clock_of_another_machine_believed() {
  Mistake mistake;
  mistake.in_image = [](Image& image) { image.circumstance = current_circumstance(0); };
  return mistake;
}

Mistake unsigned_segments() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    std::erase_if(plan.build,
                  [](const Action& a) { return std::holds_alternative<action::SignWith>(a); });
  };
  return mistake;
}

Mistake another_key() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    for (Action& a : plan.build) {
      if (auto* sign = std::get_if<action::SignWith>(&a)) sign->key.secret.front() ^= 1;
    }
  };
  return mistake;
}

// As much of it as the engine would not believe.
Mistake any_time_of_day_believed() {
  Mistake mistake;
  mistake.in_image = [](Image& image) {
    constexpr std::int64_t believed = (std::int64_t{1} << 28) * 1'000'000;
    const std::int64_t elapsed =
        current_circumstance(0).realtime_ns - image.circumstance.realtime_ns;
    if (elapsed > believed) image.circumstance.monotonic_ns += elapsed - believed;
  };
  return mistake;
}

Mistake one_forgotten_of_many() {
  Mistake mistake;
  mistake.in_image = [](Image& image) {
    constexpr std::size_t many = 100;
    if (image.sockets.size() <= many) return;
    image.sockets.pop_back();
    image.where.pop_back();
  };
  return mistake;
}

// Acknowledges what it has not received, where something behind it has arrived.
class Overlooking : public Native {
 public:
  void freeze(const CutRequest& request) override {
    behind_a_hole_ = has_heard_behind_a_hole(PidFd::open(request.subjects.front()));
    Native::freeze(request);
  }

 protected:
  void edit(Image& image) const override {
    if (!behind_a_hole_) return;
    for (Socket& socket : image.sockets) {
      auto* c = std::get_if<TcpConnection>(&socket);
      if (c == nullptr) continue;
      c->rcv_nxt += hole;
      c->copied_seq += hole;
    }
  }

 private:
  static bool has_heard_behind_a_hole(const PidFd& subject) {
    const SocketOption<tcp_info> all{IPPROTO_TCP, TCP_INFO, "TCP_INFO"};
    try {
      const FileDescriptor socket = subject.take(3);  // its first
      return get_option(socket.get(), all).tcpi_rcv_ooopack > 0;
    } catch (const SystemError&) {
      return false;  // it has closed what it had
    }
  }

  static constexpr Sequence hole = 100;
  bool behind_a_hole_ = false;
};

}  // namespace

std::vector<EngineEntry> engines_broken_beside_the_queues() {
  return {
      broken_entry("wrap", "sequence numbers are compared as plain integers",
                   {"sequence_wrap.v4_active_lost_ts", "sequence_wrap.v6_active_unsent_nots"},
                   numbers_compared_as_integers()),
      broken_entry(
          "clock-wrap", "a time-stamp clock that is near its wrap is set anew",
          {"timestamp_wrap.v4_active_unsent_ts_past", "timestamp_wrap.v6_passive_lost_ts_past"},
          wrapped_clock_taken_for_none()),
      broken_entry("congestion", "the congestion control is the target's default",
                   {"congestion.v4_active_empty_ts", "congestion.v6_passive_lost_ts"},
                   without_option(IPPROTO_TCP, TCP_CONGESTION)),
      broken_entry("keepalive", "SO_KEEPALIVE is forgotten",
                   {"keepalive.v4_active_empty_ts", "keepalive.v6_passive_unread_ts_probe"},
                   without_option(SOL_SOCKET, SO_KEEPALIVE)),
      broken_entry("user-timeout", "TCP_USER_TIMEOUT is forgotten",
                   {"user_timeout.v4_active_empty_ts", "user_timeout.v6_passive_unread_ts_expires"},
                   without_option(IPPROTO_TCP, TCP_USER_TIMEOUT)),
      broken_entry("so-linger", "SO_LINGER is forgotten",
                   {"linger.v4_active_empty_ts", "linger.v6_passive_lost_ts_reset"},
                   without_option(SOL_SOCKET, SO_LINGER)),
      broken_entry("cork", "TCP_CORK is forgotten",
                   {"segments.v4_active_empty_ts_cork", "segments.v6_passive_empty_nots_cork"},
                   without_option(IPPROTO_TCP, TCP_CORK)),
      broken_entry(
          "shift", "without window scaling connect's own shift stays",
          {"negotiated.v4_active_unread_ts_no_wscale", "negotiated.v6_passive_lost_ts_no_wscale"},
          shift_left_standing()),
      broken_entry("zero-window", "a receive window of 0 is taken for none",
                   {"retracted_window.v4_passive_empty_ts_shrinks",
                    "retracted_window.v6_passive_empty_nots_shrinks"},
                   window_of_0_taken_for_none()),
      broken_entry("buffer-lock",
                   "the size of a buffer is restored, and that nobody has chosen it is not",
                   {"congestion.v4_active_empty_ts_grows", "congestion.v6_passive_unsent_ts_grows"},
                   buffers_locked()),
      broken_entry("reuse", "SO_REUSEADDR is off, as repair mode leaves it",
                   {"address_kinds.v4_active_empty_ts_shared_port",
                    "address_kinds.v6_active_unread_nots_shared_port"},
                   reuse_switched_off()),
      broken_entry("hop-limit", "IP_TTL and IPV6_UNICAST_HOPS are forgotten",
                   {"hop_limit.v4_active_empty_ts", "hop_limit.v6_passive_lost_nots"},
                   hop_limits_forgotten()),
      broken_entry("deaf", "what is forged comes from too far away to be heard",
                   {"hop_limit.v4_active_empty_ts_close_wait",
                    "hop_limit.v6_passive_unread_nots_close_wait"},
                   deaf_from_the_beginning()),
      broken_entry(
          "device", "SO_BINDTODEVICE is forgotten, and the scope of an address too",
          {"address_kinds.v4_active_empty_ts_device", "address_kinds.v6_passive_unread_nots_device",
           "address_kinds.v6_active_unread_ts_link_local"},
          devices_forgotten()),
      broken_entry(
          "clock-of-here", "the clock of another machine is taken for one of this",
          {"clock_shift.v4_active_empty_ts_older", "clock_shift.v6_passive_unsent_ts_older"},
          clock_of_another_machine_believed()),
      broken_entry(
          "leap", "the time stamps leap as far as the times of day are apart",
          {"clock_shift.v4_active_empty_ts_behind", "clock_shift.v6_passive_unsent_ts_behind"},
          any_time_of_day_believed()),
      broken_entry("unsigned", "nothing is signed any more",
                   {"md5_signature.v4_active_empty_nots", "md5_signature.v6_passive_lost_nots"},
                   unsigned_segments()),
      broken_entry("another-key", "signs with another key than the peer's",
                   {"md5_signature.v4_active_empty_nots_close_wait",
                    "md5_signature.v6_passive_empty_nots_fin_wait2"},
                   another_key()),
      broken_entry("one-of-many", "the last of many connections is forgotten",
                   {"many.v4_passive_empty_ts", "many.v6_passive_empty_ts"},
                   one_forgotten_of_many()),
      {"broken:overlooking",
       "a hole in what was received is acknowledged",
       {"out_of_order.v4_active_empty_ts", "out_of_order.v6_passive_unread_nots"},
       [] { return std::make_unique<Overlooking>(); }},
  };
}

}  // namespace sockcr::scenario
