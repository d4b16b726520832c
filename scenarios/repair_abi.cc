#include <linux/tcp.h>
#include <sys/socket.h>
#include <cerrno>

#include "scenarios/language/abi.h"
#include "scenarios/language/abi_effects.h"
#include "scenarios/language/abi_rebuilding.h"
#include "scenarios/language/abi_rights.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

const AbiOption repair{TCP_REPAIR, "TCP_REPAIR"}, queue{TCP_REPAIR_QUEUE, "TCP_REPAIR_QUEUE"},
    sequence{TCP_QUEUE_SEQ, "TCP_QUEUE_SEQ"}, options{TCP_REPAIR_OPTIONS, "TCP_REPAIR_OPTIONS"},
    clock{TCP_TIMESTAMP, "TCP_TIMESTAMP"}, window{TCP_REPAIR_WINDOW, "TCP_REPAIR_WINDOW"};

constexpr std::uint32_t off_without_probe = -1;  // TCP_REPAIR_OFF_NO_WP
constexpr std::uint32_t mss = 2, wscale = 3, sack_permitted = 4, timestamps = 8;  // RFC 9293, 7323

const AbiSocket closed = socket_in(TcpState::close), listening = socket_in(TcpState::listen),
                calling = socket_in(TcpState::syn_sent),
                connected = socket_in(TcpState::established),
                deaf = socket_in(TcpState::close_wait), mute = socket_in(TcpState::fin_wait2);
const AbiSocket repaired = connected.in_repair();
const AbiSocket sending = repaired.with_queue(TCP_SEND_QUEUE),
                receiving = repaired.with_queue(TCP_RECV_QUEUE);

// Who may, where, and what is no value.
Steps of_repair() {
  return {
      closed.sets(repair, {1}, 0),
      closed.sets(repair, {0}, 0),
      closed.sets(repair, {off_without_probe}, 0),
      closed.sets(repair, {2}, EINVAL),
      closed.sets(repair, {static_cast<std::uint32_t>(-2)}, EINVAL),
      closed.sets_bytes(repair, {1}, 3, EINVAL),
      closed.sets(repair, {1, 99}, 0),
      closed.without_rights().sets(repair, {1}, EPERM),
      closed.without_rights().sets(repair, {2}, EPERM),
      listening.sets(repair, {1}, EPERM),
      listening.sets(repair, {0}, EPERM),
      calling.sets(repair, {1}, 0),
      connected.sets(repair, {1}, 0),
      connected.without_rights().sets(repair, {1}, EPERM),
      deaf.sets(repair, {1}, 0),
      mute.sets(repair, {1}, 0),
      repaired.sets(repair, {0}, 0),
      repaired.sets(repair, {off_without_probe}, 0),
      repaired.without_rights().sets(repair, {off_without_probe}, EPERM),
      closed.gets(repair, 4, 0, 0),
      repaired.gets(repair, 4, 0, 1),
      repaired.without_rights().gets(repair, 4, 0, 1),
  };
}

Steps of_queues() {
  return {
      connected.sets(queue, {TCP_SEND_QUEUE}, EPERM),
      connected.gets(queue, 4, EINVAL),
      repaired.sets(queue, {TCP_NO_QUEUE}, 0),
      repaired.sets(queue, {TCP_RECV_QUEUE}, 0),
      repaired.sets(queue, {TCP_SEND_QUEUE}, 0),
      repaired.sets(queue, {3}, EINVAL),
      repaired.sets(queue, {static_cast<std::uint32_t>(-1)}, EINVAL),
      repaired.sets_bytes(queue, {TCP_SEND_QUEUE}, 2, EINVAL),
      repaired.without_rights().sets(queue, {TCP_SEND_QUEUE}, 0),
      sending.gets(queue, 4, 0, TCP_SEND_QUEUE),
      closed.sets(sequence, {7}, EINVAL),
      closed.in_repair().sets(sequence, {7}, EINVAL),
      closed.in_repair().with_queue(TCP_SEND_QUEUE).sets(sequence, {7}, 0),
      closed.in_repair().with_queue(TCP_RECV_QUEUE).sets(sequence, {7}, 0),
      closed.in_repair().with_queue(TCP_SEND_QUEUE).sets_bytes(sequence, {7}, 2, EINVAL),
      calling.in_repair().with_queue(TCP_SEND_QUEUE).sets(sequence, {7}, EPERM),
      sending.sets(sequence, {7}, EPERM),
      receiving.sets(sequence, {7}, EPERM),
      connected.gets(sequence, 4, EINVAL),
      repaired.gets(sequence, 4, EINVAL),
      sending.gets(sequence, 4, 0),
      receiving.gets(sequence, 4, 0),
  };
}

// Pairs of a kind and a value (struct tcp_repair_opt); behind the first byte none is taken any
// more.
Steps of_options() {
  return {
      connected.sets(options, {mss, 1400}, EINVAL),
      closed.in_repair().sets(options, {mss, 1400}, EPERM),
      calling.in_repair().sets(options, {mss, 1400}, EPERM),
      deaf.in_repair().sets(options, {mss, 1400}, EPERM),
      repaired.sets(options, {mss, 1400}, 0),
      repaired.sets(options, {wscale, 7 | 7 << 16}, 0),
      repaired.sets(options, {wscale, 14 | 14 << 16}, 0),
      repaired.sets(options, {wscale, 15}, EFBIG),
      repaired.sets(options, {wscale, 15 << 16}, EFBIG),
      repaired.sets(options, {sack_permitted, 0}, 0),
      repaired.sets(options, {sack_permitted, 1}, EINVAL),
      repaired.sets(options, {timestamps, 0}, 0),
      repaired.sets(options, {timestamps, 1}, EINVAL),
      repaired.sets(options, {99, 0}, 0),
      repaired.sets(options, {mss, 1400, sack_permitted, 0}, 0),
      repaired.sets_bytes(options, {mss, 1400}, 7, 0),
      repaired.without_rights().sets(options, {mss, 1400}, 0),
      repaired.gets(options, 8, ENOPROTOOPT),
      connected.that_has_sent().in_repair().sets(options, {mss, 1400}, EPERM),
  };
}

Steps of_the_clock() {
  return {
      connected.sets(clock, {12345}, EPERM),
      repaired.sets(clock, {12345}, 0),
      repaired.sets_bytes(clock, {12345}, 2, EINVAL),
      closed.in_repair().sets(clock, {12345}, 0),
      connected.gets(clock, 4, 0),
  };
}

// snd_wl1, snd_wnd, max_window, rcv_wnd, rcv_wup (struct tcp_repair_window).
Steps of_the_window() {
  return {
      connected.sets(window, {0, 0, 0, 0, 0}, EPERM),
      connected.gets(window, 20, EPERM),
      repaired.gets(window, 20, 0),
      repaired.gets(window, 16, EINVAL),
      repaired.writes_back_its_window({0, 0, 0, 0, 0}, 0),
      repaired.writes_back_its_window({0, 0, 0, 0, static_cast<std::uint32_t>(-1)}, 0),
      repaired.writes_back_its_window({0, 0, 0, 0, 1}, EINVAL),
      repaired.writes_back_its_window({0, 1'000'000, 0, 0, 0}, EINVAL),
      repaired.writes_back_its_window({1'000'000, 0, 0, 0, 0}, EINVAL),
      repaired.writes_back_its_window({0, 0, 1, 0, 0}, 0),
      repaired.sets_bytes(window, {0, 0, 0, 0, 0}, 16, EINVAL),
      repaired.sets_bytes(window, {0, 0, 0, 0, 0}, 24, EINVAL),
  };
}

// What other calls do in repair mode.
Steps of_other_calls() {
  return {
      closed.in_repair().connects(),
      closed.binds_to_a_port_in_use(EADDRINUSE),
      closed.in_repair().binds_to_a_port_in_use(0),
      repaired.sends_a_byte(EINVAL),
      sending.sends_a_byte(0),
      receiving.sends_a_byte(0),
      repaired.receives(0, EPERM),
      repaired.receives(MSG_PEEK, EINVAL),
      sending.receives(0, EPERM),
      sending.receives(MSG_PEEK, 0),
      receiving.receives(0, EPERM),
      receiving.receives(MSG_PEEK, EAGAIN),
  };
}

// What is left behind where an answer does not tell.
Steps of_effects() {
  return {
      its_window_is_what_was_written(),          its_window_may_wrap(),
      its_window_may_end_behind_what_came(),     its_clock_is_what_was_written(),
      leaving_repair_ends_reuse(TCP_REPAIR_OFF), leaving_repair_ends_reuse(TCP_REPAIR_OFF_NO_WP),
      leaving_repair_sends(TCP_REPAIR_OFF, 1),   leaving_repair_sends(TCP_REPAIR_OFF_NO_WP, 0),
      leaving_repair_learns_the_window(),        closing_in_repair_says_nothing(),
      connecting_in_repair_counts_as_hearing(),  what_is_put_into_the_send_queue_has_a_timer(),
      a_number_outlives_a_time_wait(),           a_number_is_set_once_more(),
      unread_bytes_keep_their_number(),          no_queue_is_chosen_the_second_time(),
      fast_open_does_not_connect_in_repair(),    whatever_clock_is_heard_first_is_believed(),
      bytes_of_the_send_queue_are_no_sample(),   probes_of_the_path_know_the_peers_mss(),
  };
}

Steps of_namespaces() {
  return {repair_works_in_a_user_namespace(), rights_in_another_user_namespace_are_none()};
}

Steps rows_of(const Variant& v) {
  if (v.detail == "repair") return of_repair();
  if (v.detail == "queues") return of_queues();
  if (v.detail == "options") return of_options();
  if (v.detail == "clock") return of_the_clock();
  if (v.detail == "window") return of_the_window();
  if (v.detail == "effects") return of_effects();
  return v.detail == "namespaces" ? of_namespaces() : of_other_calls();
}

}  // namespace

const Scenario the_scenario{
    .name = "repair_abi",
    .about =
        "what the kernel answers to each call of TCP_REPAIR, by state, value, length and "
        "rights; no engine, no cut and no wire",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::empty},
             .options = {Options::ts},
             .details = {"repair", "queues", "options", "clock", "window", "calls", "effects",
                         "namespaces"},
             .narrowed = "each call has a socket of its own, over loopback"},
    .timeline = [](const Variant& v) -> Steps {
      return {gate.closes(), gate.opens(), rows_of(v)};
    },
};

}  // namespace sockcr::scenario
