#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

bool is_translated(const Variant& v) { return v.detail.starts_with("nat"); }
bool is_closing(const Variant& v) { return v.detail.ends_with("closing"); }

Steps leaves(const Variant& v) {
  return is_closing(v) ? Steps{peer.shuts_down(), ours.comes_to(TcpState::close_wait)} : Steps{};
}

Steps begins_behind_a_firewall(const Variant& v) {
  if (v.detail == "peer") return {firewall.guards_peer(), establish(v)};
  if (!is_translated(v)) return {firewall.guards_ours(), establish(v)};
  return {second_address.comes(), firewall.translates_ours(),
          establish(v, begins_at_its_first_address()), ours_is_seen_at_its_second_address()};
}

}  // namespace

const Scenario the_scenario{
    .name = "conntrack",
    .about =
        "a firewall on ours' side, or on the peer's (peer), lets in only what belongs to a "
        "connection that it has seen; the peer may have shut down already (closing); or a firewall "
        "of ours' translates its address (nat, nat_closing)",
    .axes = {.families = {Family::v4, Family::v6},
             .details = {"", "peer", "closing", "nat", "nat_closing"},
             .without =
                 [](const Variant& v) { return is_translated(v) && v.side == Side::passive; },
             .narrowed = "an address is translated when its connection begins, and that of who "
                         "connects"},
    .timeline = [](const Variant& v) -> Steps {
      const bool closing = is_closing(v);
      return {
          begins_behind_a_firewall(v),
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
