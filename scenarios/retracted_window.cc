#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr int small_buffer = 4096;  // which the kernel doubles

// What the kernel could take for a window that nobody has told is 0 at the cut.
Steps fills_what_is_left() {
  return {peer.sets(option::send_buffer, small_buffer), peer.writes_until_nothing_moves(),
          peer.may_send_nothing()};
}

}  // namespace

const Scenario the_scenario{
    .name = "retracted_window",
    .about =
        "ours has granted a window that its receive buffer, which was made smaller, cannot keep, "
        "and has taken it back: when the buffer is full (the usual case), or as soon as it fills "
        "(shrinks, by net.ipv4.tcp_shrink_window). All that the peer writes is delivered, and "
        "nothing more is taken back",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"", "shrinks"},
             .narrowed = "the timeline itself fills the queue"},
    .sysctls = [](const Variant& v) -> std::vector<netns::SysctlOverride> {
      if (v.detail != "shrinks") return {};
      return {{.name = "net.ipv4.tcp_shrink_window", .value = "1", .end = netns::End::ours}};
    },
    .timeline = [](const Variant& v) -> Steps {
      const bool shrinks = v.detail == "shrinks";
      return {
          establish(v),
          ours.sets(option::receive_buffer, small_buffer),
          peer.writes_until_its_window_shrinks(shrinks ? "6.1" : "6.6"),
          shrinks ? fills_what_is_left() : Steps{peer.writes(some_bytes)},
          ours.acknowledges(),  // and tells of what it has taken back since

          gate.closes(),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.has_set(option::receive_buffer, 2 * small_buffer),
          ours.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
