
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> keepalive{SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"},
    idle{IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE"},
    interval{IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL"},
    count{IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT"};

}  // namespace

const Scenario the_scenario{
    .name = "keepalive",
    .about =
        "ours asks for keepalive: the values are kept (and with `off` that there is none), and a "
        "probe comes when the connection has been idle (probe)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread},
             .details = {"", "off", "probe"},
             .narrowed = "what is in flight has another timer"},
    .timeline = [](const Variant& v) -> Steps {
      const int seconds = v.detail == "probe" ? 1 : 5, on = v.detail == "off" ? 0 : 1;
      const auto is_set = [&]() -> Steps {
        return {ours.has_set(keepalive, on), ours.has_set(idle, seconds), ours.has_set(interval, 7),
                ours.has_set(count, 3)};
      };
      return {
          establish(v),
          ours.sets(idle, seconds),
          ours.sets(interval, 7),
          ours.sets(count, 3),
          ours.sets(keepalive, on),
          unread_bytes(v),

          gate.closes(),
          is_set(),
          cut(),
          gate.opens(),

          is_set(),
          ours.reads_all(),
          v.detail == "probe" ? ours.sends_something() : Step{},
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
