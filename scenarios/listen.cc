#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Listening listening_of(const Variant& v) {
  Listening how;
  if (v.detail == "wildcard" || v.detail == "v6only") how.wildcard = true;
  if (v.detail == "v6only") how.v6_only = true;
  if (v.detail == "defer") how.defer_accept = 7;
  if (v.detail == "fastopen") how.fast_open = 5;
  if (v.detail == "freebind" || v.detail == "gone") how.second_address = true;
  if (v.detail == "freebind") how.freebind = true;
  return how;
}

// Whoever defers accept(2) waits for the first bytes.
Steps new_client(const Variant& v, int number) {
  const bool deferred = v.detail == "defer";
  return {
      client(number).connects(),
      client(number).comes_to(TcpState::established),
      deferred ? Steps{listener.has_waiting(0), child(number).is_kept_in(TcpState::syn_recv)}
               : Steps{listener.has_waiting(1)},
      client(number).writes(some_bytes),
      listener.accepts(client(number)),
      child(number).reads_all(),
      talk(child(number), client(number)),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "listen",
    .about =
        "ours listens, and has a child on the same port; what the listener was told holds, and "
        "a new client connects. gone: at an address that ours has lost for a while; freebind: "
        "at one that it does not have yet",
    .aliases = {"listening"},
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::all},
             .details = {"", "wildcard", "v6only", "defer", "fastopen", "freebind", "gone"},
             .without =
                 [](const Variant& v) {
                   const bool no_child = v.detail == "freebind" || v.detail == "gone";
                   return (v.detail == "v6only" && v.family != Family::v6) ||
                          (no_child && v.queues == Queues::all);
                 },
             .narrowed = "who listens is passive, and the queues are the child's: empty and all "
                         "stand for them; where the address is not there, neither is a child"},
    .timeline = [](const Variant& v) -> Steps {
      const bool has_child = v.detail != "freebind" && v.detail != "gone";
      const Step address_comes = has_child ? Step{} : second_address.comes();
      return {
          v.detail == "gone" ? second_address.comes() : Step{},
          listener.listens(listening_of(v)),
          v.detail == "gone" ? second_address.goes() : Step{},
          has_child ? Steps{new_client(v, 1), unread_bytes(v), undelivered_bytes(v)} : Steps{},

          gate.closes(),
          has_child ? Steps{unsent_bytes(v), late_bytes(v), child(1).is_in(TcpState::established)}
                    : Steps{},
          listener.is_listening(),
          cut(),
          address_comes,
          gate.opens(),

          listener.is_listening(),
          has_child ? Steps{child(1).is_in(TcpState::established), child(1).reads_all(),
                            client(1).reads_all(), talk(child(1), client(1))}
                    : Steps{},
          new_client(v, 2),
          has_child ? part(child(1), client(1)) : Steps{},
          part(client(2), child(2)),
          listener.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
