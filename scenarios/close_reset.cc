#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "close_reset",
    .about =
        "the peer has reset the connection, and ours has not heard of it: what it reads is what "
        "came before, then ECONNRESET; "
        "where the peer had closed its half before, end of file, and EPIPE from SO_ERROR",
    .axes = {.queues = {Queues::empty, Queues::unread, Queues::lost},
             .details = {"", "behind_fin"},
             .narrowed = "a reset throws away what ours still had to send"},
    .timeline = [](const Variant& v) -> Steps {
      const bool behind_fin = v.detail == "behind_fin";
      return {
          establish(v),
          unread_bytes(v),
          behind_fin ? Steps{peer.shuts_down(), ours.comes_to(TcpState::close_wait)} : Steps{},
          undelivered_bytes(v),
          peer.may_reset_before_the_gate_closes("it gives the connection up"),
          peer.resets(),
          ours.comes_to(TcpState::close),
          ours.has_error(),

          gate.closes(),
          ours.is_in(TcpState::close),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::close),
          ours.has_error(),
          ours.reads_all(),
          behind_fin ? Steps{ours.reads_eof(), ours.is_told(EPIPE)} : ours.reads_error(ECONNRESET),
          ours.cannot_write(),
          ours.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
