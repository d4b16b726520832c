// What a program sets on its socket.
#include <fmt/format.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "engine/sys/error.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/await.h"
#include "scenarios/language/transfer.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<linger> linger_time{SOL_SOCKET, SO_LINGER, "SO_LINGER"};

void set_clock(int socket, std::uint32_t value) {
  enter_repair(socket, Reuse::keep);
  set_option(socket, option::timestamp, value);
  leave_repair(socket, WindowProbe::no);
}

}  // namespace

Step End::sets(const SocketOption<int>& option, int value, At at) const {
  return {fmt::format("{} sets {} to {}", name_, option.name, value),
          [who = who_, option, value](World& world) {
            set_option(world.actor(who).borrow().get(), option, value);
          },
          at};
}

Step End::has_set(const SocketOption<int>& option, int value, At at) const {
  return {fmt::format("{} has {} at {}", name_, option.name, value),
          [who = who_, option, value](World& world) {
            const Actor& actor = world.actor(who);
            const int now = get_option(actor.borrow().get(), option);
            if (now == value) return;
            throw Violation(fmt::format("{} of {}", option.name, actor.name()),
                            fmt::format("{}", value), fmt::format("{}", now));
          },
          at};
}

Step End::chooses_congestion_control(std::string wanted, At at) const {
  return {fmt::format("{} chooses the congestion control {}", name_, wanted),
          [who = who_, wanted](World& world) {
            set_option_bytes(world.actor(who).borrow().get(), IPPROTO_TCP, TCP_CONGESTION,
                             "TCP_CONGESTION", wanted.data(),
                             static_cast<socklen_t>(wanted.size()));
          },
          at};
}

Step End::has_congestion_control(std::string wanted, At at) const {
  return {fmt::format("{} has the congestion control {}", name_, wanted),
          [who = who_, wanted](World& world) {
            const Actor& actor = world.actor(who);
            std::array<char, 16> now{};
            get_option_bytes(actor.borrow().get(), IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION",
                             now.data(), now.size());
            if (wanted == now.data()) return;
            throw Violation("congestion control of " + actor.name(), wanted, now.data());
          },
          at};
}

Step End::sets_linger(int seconds, At at) const {
  return {fmt::format("{} sets SO_LINGER to {} s", name_, seconds),
          [who = who_, seconds](World& world) {
            set_option(world.actor(who).borrow().get(), linger_time, linger{1, seconds});
          },
          at};
}

Step End::has_linger(int seconds, At at) const {
  return {fmt::format("{} has SO_LINGER at {} s", name_, seconds),
          [who = who_, seconds](World& world) {
            const Actor& actor = world.actor(who);
            const linger now = get_option(actor.borrow().get(), linger_time);
            if (now.l_onoff == 1 && now.l_linger == seconds) return;
            throw Violation("SO_LINGER of " + actor.name(), fmt::format("on, {} s", seconds),
                            fmt::format("{}, {} s", now.l_onoff, now.l_linger));
          },
          at};
}

// By what the other side hears: no byte is due, so it is TCP itself that speaks.
Step End::sends_something(At at) const {
  const Who other{who_.speaker == Speaker::ours ? Speaker::peer : Speaker::ours, who_.conversation};
  return {fmt::format("{} sends a segment of its own accord", name_),
          [other, name = name_](World& world) {
            const Actor& hearer = world.actor(other);
            const auto heard = [&] { return read_info(hearer.borrow().get()).segments_in; };
            const std::uint32_t before = heard();
            await(
                world, "segments of " + name, "one more", [&] { return heard() > before; },
                [] { return std::string("none"); });
          },
          at};
}

Step End::has_heard_of_bytes_behind_a_hole(At at) const {
  return {fmt::format("{} has heard of bytes behind a hole", name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            await(
                world, "SACKed segments of " + actor.name(), "at least 1",
                [&] {
                  const SocketOption<tcp_info> all{IPPROTO_TCP, TCP_INFO, "TCP_INFO"};
                  return get_option(actor.borrow().get(), all).tcpi_sacked > 0;
                },
                [] { return std::string("none"); });
          },
          at};
}

// A longer leap would look like one backwards, and PAWS would drop what follows (RFC 7323, 5.2).
Step End::moves_its_clock_towards_the_wrap(int ms, At at) const {
  return {
      fmt::format("{}'s time-stamp clock leaps ahead, at most to {} ms before its wrap", name_, ms),
      [who = who_, ms](World& world) {
        constexpr std::uint32_t leap = 1U << 30, passed = 0U - 60'000;
        Actor& actor = world.actor(who);
        actor.has_set_its_clock = true;
        const FileDescriptor socket = actor.borrow();
        const std::uint32_t now = get_option(socket.get(), option::timestamp) & ~1U;
        const std::uint32_t distance = 0U - static_cast<std::uint32_t>(ms) - now;
        if (distance < passed) set_clock(socket.get(), (now + std::min(distance, leap)) & ~1U);
      },
      at};
}

// In leaps that PAWS believes; a byte behind each tells the other side, which takes the clock of
// what it has acknowledged so far (tcp_replace_ts_recent).
Steps comes_near_its_wrap(const End& one, const End& other, int ms, At at) {
  Steps steps;
  for (int leaps = 0; leaps < 4; ++leaps) {
    steps.append({one.moves_its_clock_towards_the_wrap(ms, at), one.writes(1, at),
                  other.reads_all(at), other.acknowledges(at)});
  }
  return steps;
}

Step End::sees_its_clock_wrap(At at) const {
  return {fmt::format("{}'s time-stamp clock wraps", name_),
          [who = who_](World& world) {
            const FileDescriptor socket = world.actor(who).borrow();
            constexpr std::uint32_t a_few_ticks = 8;  // a time-wait socket takes 0 for none
            std::uint32_t now = 0;
            await(
                world, "time-stamp clock", "behind its wrap",
                [&] {
                  now = get_option(socket.get(), option::timestamp);
                  return now > a_few_ticks && now < (1U << 31);
                },
                [&] { return fmt::format("{}", now); });
          },
          at};
}

Step End::may_leap_ahead(std::string reason, At at) const {
  return {fmt::format("{}'s time-stamp clock may leap ahead: {}", name_, reason),
          [who = who_](World& world) { world.actor(who).clock_may_leap = true; }, at,
          StepKind::laboratory};
}

// An odd value makes a socket of Linux 6.7 and later count microseconds (tcp_usec_ts).
Step End::counts_in_microseconds(At at) const {
  return {fmt::format("{}'s time stamps count microseconds", name_),
          [who = who_](World& world) {
            Actor& actor = world.actor(who);
            const FileDescriptor socket = actor.borrow();
            set_clock(socket.get(),
                      (get_option(socket.get(), option::timestamp) + (1U << 30)) | 1U);
            if (!read_info(socket.get()).microsecond_timestamps) {
              throw Unsupported("time stamps in microseconds", "this kernel does not have it");
            }
            actor.has_set_its_clock = actor.counts_microseconds = true;
          },
          at};
}

}  // namespace sockcr::scenario
