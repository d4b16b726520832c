#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// What a refusal has to say, at the least.
std::string name_of(const std::string& detail) {
  if (detail == "ao") return "TCP-AO";
  if (detail == "ktls") return "TCP_ULP";
  if (detail == "md5") return "--md5-key";
  if (detail == "mptcp") return "MPTCP";
  if (detail == "unix") return "its peer is held by process";
  return "SCTP";
}

}  // namespace

const Scenario the_scenario{
    .name = "refused_kinds",
    .about =
        "what no engine is asked to restore yet is refused by name, before anything is touched, "
        "and the conversation runs on; md5: nobody has given its key; unix: the other end belongs "
        "to a process outside the set",
    .axes = {.families = {Family::v4, Family::v6},
             .sides = {Side::active},
             .queues = {Queues::empty, Queues::unsent},
             .options = {Options::nots},
             .details = {"ao", "ktls", "md5", "mptcp", "sctp", "unix"},
             .narrowed = "the kind of a socket is refused, whatever it does; a signed SYN "
                         "offers no time stamps"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish_refused(v),

          gate.closes(),
          unsent_bytes(v),
          ours.is_in(TcpState::established),
          cut_is_refused(name_of(v.detail)),
          gate.opens(),

          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(peer, ours),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
