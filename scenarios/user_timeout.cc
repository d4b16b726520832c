#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> user_timeout{IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"};

bool expires(const Variant& v) { return v.detail == "expires"; }

int milliseconds(const Variant& v) { return expires(v) ? 700 : 20'000; }

Steps gives_up() {
  return {
      wire.loses_what_ours_sends(),
      ours.writes(some_bytes),
      ours.comes_to(TcpState::close),
      ours.reads_error(ETIMEDOUT),
      ours.closes(),
      peer.may_reset_behind_the_gate("nobody tells it that ours has given up"),
      peer.resets(),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "user_timeout",
    .about =
        "ours waits for an ACK no longer than TCP_USER_TIMEOUT: the value is kept, and a wire "
        "that loses everything ends the connection in time (expires)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent},
             .details = {"", "expires"},
             .without = [](const Variant& v) { return expires(v) && v.queues == Queues::unsent; },
             .narrowed = "a timeout that expires soon does so behind the gate as well, if anything "
                         "waits there for its ACK"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          ours.sets(user_timeout, milliseconds(v)),
          unread_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          ours.has_set(user_timeout, milliseconds(v)),
          cut(),
          gate.opens(),

          ours.has_set(user_timeout, milliseconds(v)),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          expires(v) ? gives_up() : part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
