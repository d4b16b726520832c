#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Steps moves_on(const Variant& v) {
  if (v.detail == "close_wait") return {peer.shuts_down(), ours.comes_to(TcpState::close_wait)};
  if (v.detail == "fin_wait2") return {ours.shuts_down(), ours.comes_to(TcpState::fin_wait2)};
  return {};
}

// To its end, from wherever it is.
Steps goes_on(const Variant& v) {
  if (v.detail == "close_wait") {
    return {ours.reads_all(), peer.reads_all(), ours.reads_eof(), ours.writes(some_bytes),
            peer.reads_all(), ours.closes(),    peer.reads_eof(), peer.closes()};
  }
  if (v.detail == "fin_wait2") {
    return {peer.reads_all(), peer.reads_eof(), peer.writes(some_bytes),
            ours.reads_all(), peer.closes(),    ours.reads_eof(),
            ours.closes()};
  }
  return {ours.reads_all(), peer.reads_all(), talk(ours, peer), part(peer, ours)};
}

bool is_left_out(const Variant& v) {
  if (v.detail.empty()) return false;
  if (v.detail == "close_wait") return v.family == Family::mapped || v.queues == Queues::all;
  if (v.detail == "fin_wait2") return v.family == Family::mapped || v.queues != Queues::empty;
  if (v.detail == "prefix") return v.queues != Queues::lost;
  return v.family != Family::v4 || v.queues != Queues::unsent;
}

}  // namespace

const Scenario the_scenario{
    .name = "md5_signature",
    .about =
        "every segment is signed (RFC 2385), and who checkpoints and restores has the key, which "
        "no image holds: of one peer, or of its whole network (prefix); the FIN of the peer or the "
        "ACK of ours' must be forged (close_wait, fin_wait2); without the key ours is refused, and "
        "runs on (without)",
    .axes = {.queues = {Queues::empty, Queues::unsent, Queues::lost, Queues::all},
             .options = {Options::nots},
             .details = {"", "prefix", "close_wait", "fin_wait2", "without"},
             .without = is_left_out,
             .narrowed =
                 "a signed SYN offers no time stamps (tcp_syn_options); what is signed does "
                 "not tell whose key is meant: all families and queues are the usual "
                 "course's"},
    .timeline = [](const Variant& v) -> Steps {
      const bool without = v.detail == "without";
      const bool open = v.detail.empty() || v.detail == "prefix";
      return {
          establish_signed(v),
          unread_bytes(v),
          moves_on(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          open ? late_bytes(v) : Steps{},
          without ? Steps{nobody_knows_the_key(), cut_is_refused("--md5-key")} : Steps{cut()},
          gate.opens(),

          goes_on(v),
          conversation_ends(),
          no_signature_was_wrong(),
      };
    },
};

}  // namespace sockcr::scenario
