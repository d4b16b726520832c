#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "syn_recv",
    .about =
        "a client has knocked and the handshake is half open: the SYN-ACK is lost and the client "
        "in SYN_SENT; or the client's ACK is lost and it is ESTABLISHED (acked), and has even "
        "written (written)",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty},
             .details = {"", "acked", "written"},
             .narrowed = "who listens is passive, and a request has no queues"},
    .timeline = [](const Variant& v) -> Steps {
      const bool acked = v.detail != "";
      return {
          listener.listens({}),
          acked ? wire.loses_all_but_syns_of_peer() : wire.loses_what_ours_sends(),
          client(1).connects(),
          client(1).comes_to(acked ? TcpState::established : TcpState::syn_sent),
          v.detail == "written" ? client(1).writes(some_bytes) : Step{},
          child(1).is_kept_in(TcpState::syn_recv),

          gate.closes(),
          listener.is_listening(),
          child(1).is_kept_in(TcpState::syn_recv),
          cut(),
          gate.opens(),

          listener.accepts(client(1)),
          client(1).comes_to(TcpState::established),
          child(1).reads_all(),
          talk(child(1), client(1)),

          client(2).connects(),
          listener.accepts(client(2)),
          talk(child(2), client(2)),
          part(child(1), client(1)),
          part(client(2), child(2)),
          listener.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
