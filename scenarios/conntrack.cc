#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Steps leaves(const Variant& v) {
  return v.detail == "closing" ? Steps{peer.shuts_down(), ours.comes_to(TcpState::close_wait)}
                               : Steps{};
}

}  // namespace

const Scenario the_scenario{
    .name = "conntrack",
    .about =
        "a firewall on ours' side, or on the peer's (peer), lets in only what belongs to a "
        "connection that it has seen; the peer may have shut down already (closing)",
    .axes = {.families = {Family::v4, Family::v6}, .details = {"", "peer", "closing"}},
    .timeline = [](const Variant& v) -> Steps {
      const bool closing = v.detail == "closing";
      return {
          v.detail == "peer" ? firewall.guards_peer() : firewall.guards_ours(),
          establish(v),
          unread_bytes(v),
          leaves(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          closing ? Steps{} : late_bytes(v),
          cut(),
          gate.opens(),

          ours.reads_all(),
          peer.reads_all(),
          closing ? Steps{ours.reads_eof(), ours.writes(some_bytes), peer.reads_all(),
                          ours.closes(), peer.reads_eof(), peer.closes()}
                  : Steps{talk(ours, peer), part(ours, peer)},
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
