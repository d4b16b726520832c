#include "scenarios/language/words.h"

namespace sockcr::scenario {

namespace {

// A slow start that ends early (cubic's, by the spacing of its ACKs) leaves the send buffer as it
// is.
std::string algorithm(const Variant& v) { return v.detail == "grows" ? "reno" : "cubic"; }

Steps grows() {
  return {ours.grows(option::receive_buffer), ours.reads_all(), ours.grows(option::send_buffer),
          peer.reads_all()};
}

}  // namespace

const Scenario the_scenario{
    .name = "congestion",
    .about =
        "the congestion control that ours has chosen is kept by its name; what it has learned "
        "of the path (cwnd, ssthresh, srtt) is lost on purpose. Its buffers, of which nobody has "
        "chosen the size, go on growing (grows)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unsent, Queues::lost, Queues::all},
             .details = {"", "grows"},
             .without =
                 [](const Variant& v) {
                   return v.detail == "grows" &&
                          (v.queues == Queues::lost || v.queues == Queues::all ||
                           v.options == Options::nots);
                 },
             .narrowed = "a loss narrows the congestion window, and what comes late widens the "
                         "receive buffer before the cut: neither tells of growing; without time "
                         "stamps a receiver only guesses the round-trip time that it grows by"},
    .sysctls = [](const Variant& v) -> std::vector<netns::SysctlOverride> {
      if (v.detail != "grows") return {};
      // A slow reader's buffer has grown to the usual end of ours before the cut.
      return {{"net.ipv4.tcp_rmem", "4096 131072 8388608", netns::End::ours}};
    },
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          ours.chooses_congestion_control(algorithm(v)),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          ours.has_congestion_control(algorithm(v)),
          cut(),
          gate.opens(),

          ours.has_congestion_control(algorithm(v)),
          ours.reads_all(),
          peer.reads_all(),
          v.detail == "grows" ? grows() : Steps{},
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
