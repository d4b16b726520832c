#include "scenarios/walk/model.h"

#include <algorithm>

namespace sockcr::scenario {
const std::vector<std::string>& settable_options() {
  static const std::vector<std::string> names{"keepalive", "user timeout", "linger",
                                              "linger2",   "cork",         "nagle",
                                              "hop limit", "reno",         "cubic"};
  return names;
}

const std::vector<std::string>& cut_manners() {
  static const std::vector<std::string> names{"gap",
                                              "again",
                                              "arrivals",
                                              "two images",
                                              "other order",
                                              "beside a connection",
                                              "beside a listener",
                                              "beside a time-wait",
                                              "booted later",
                                              "up for longer",
                                              "ahead",
                                              "behind"};
  return names;
}

const std::vector<std::string>& bad_manners() {
  static const std::vector<std::string> names{"lossy", "late", "twice", "disordered"};
  return names;
}

Model::Model(const Start& begin)
    : start(begin), stage(flavour_of(begin).stage), traits(flavour_of(begin).traits) {
  if (start.flavour == "SYN lost" || start.flavour == "SYN-ACK lost") loses_ours = true;
  if (start.flavour == "SYN unanswered" || start.flavour == "SYN-ACK unanswered") loses_peer = true;
  if (stage == Stage::requested) guests.push_back({});
  if (traits.is_orphan) ours.shut = ours.closed = ours.fin_arrived = ours.fin_acked = true;
  if (traits.shrinks) {
    peer.is_full = true;
    peer.unread = 1;
  }
}

TcpState Model::state_of(const Stream& one, const Stream& other) {
  if (!one.shut) return other.fin_arrived ? TcpState::close_wait : TcpState::established;
  if (!other.fin_arrived) return one.fin_acked ? TcpState::fin_wait2 : TcpState::fin_wait1;
  if (one.shut_last) return one.fin_acked ? TcpState::close : TcpState::last_ack;
  if (!one.fin_acked) return TcpState::closing;
  // TIME_WAIT has no descriptor: who still has one finds CLOSE.
  return one.closed ? TcpState::time_wait : TcpState::close;
}

bool Model::counts_are_sure() const {
  // What goes out by a cable that is pulled out may be repeated before more is written.
  if (traits.link_gate && gate_is_closed) return false;
  return !has_lost && !traits.tiny_segments && !traits.shrinks && options.empty() && !in_flight;
}

int Model::first_waiting() const {
  for (std::size_t i = 0; i < guests.size(); ++i) {
    if (!guests[i].accepted) return static_cast<int>(i);
  }
  return -1;
}

int Model::last_waiting() const {
  return guests.empty() || guests.back().accepted ? -1 : static_cast<int>(guests.size()) - 1;
}

int Model::last_accepted() const {
  for (std::size_t i = guests.size(); i-- > 0;) {
    if (guests[i].accepted) return static_cast<int>(i);
  }
  return -1;
}

void Model::write(bool of_ours, unsigned bytes) {
  Stream& one = of_ours ? ours : peer;
  const bool passes = !gate_is_closed && !(of_ours ? loses_ours || refuses_ours : loses_peer);
  const bool is_heard = !(of_ours ? loses_peer : loses_ours || refuses_ours);
  // Behind a cable that is pulled out, TCP believes that what it writes was sent.
  if (of_ours && ((gate_is_closed && !traits.link_gate) || refuses_ours)) {
    one.unsent += bytes;
  } else if (!passes || one.undelivered != 0) {
    one.undelivered += bytes;
  } else {
    one.unread += bytes;
    if (!is_heard) one.unacked += bytes;
    in_flight |= is_heard;
  }
}

void Model::shut(bool of_ours) {
  Stream& one = of_ours ? ours : peer;
  const Stream& other = of_ours ? peer : ours;
  if (one.shut) return;
  const bool passes = !gate_is_closed && !(of_ours ? loses_ours || refuses_ours : loses_peer);
  const bool is_heard = !(of_ours ? loses_peer : loses_ours || refuses_ours);
  one.shut = true;
  one.shut_last = other.fin_arrived;
  one.fin_arrived = passes && one.arrived();
  one.fin_acked = one.fin_arrived && is_heard;
}

void Model::heal() {
  for (Stream* one : {&ours, &peer}) {
    one->unread += one->on_its_way();
    one->undelivered = one->unsent = one->unacked = 0;
    one->fin_arrived = one->fin_acked = one->shut;
  }
  has_lost |= is_faulty() || is_bad || gate_is_closed;
  loses_ours = refuses_ours = loses_peer = has_a_hole = is_bad = gate_is_closed = false;
  in_flight = true;
  if (stage == Stage::connecting) stage = Stage::connected;
  if (stage == Stage::requested) stage = Stage::listening;
}

void Model::open_gate() {
  heal();
  wakes |= !sleeps_in.empty() && peer.unread > 0;
  cut_here = passing_here = failing_here = false;
}

void Model::play_among_guests(const Move& move) {
  const auto guest = [this](int place) -> Guest& {
    return guests[static_cast<std::size_t>(place)];
  };
  switch (move.word) {
    case Word::client_knocks:
      guests.push_back({.unread = move.amount});
      break;
    case Word::client_shuts_down:
      guest(last_waiting()).shut = true;
      break;
    case Word::listener_accepts:
      guest(first_waiting()).accepted = true;
      break;
    case Word::client_writes:
      guest(last_accepted()).unread += move.amount;
      break;
    case Word::child_writes:
      guest(last_accepted()).unheard = true;
      break;
    default:
      break;
  }
}

void Model::play(const Move& move) {
  switch (move.word) {
    case Word::ours_writes:
      return write(true, move.amount);
    case Word::peer_writes:
      write(false, move.amount);
      wakes |= !sleeps_in.empty() && !gate_is_closed;
      return;
    case Word::ours_reads:
      peer.unread = 0;
      peer.is_full = false;
      peer.mark = Mark::none;
      return;
    case Word::peer_reads:
      ours.unread = 0;
      ours.is_full = false;
      return;
    case Word::ours_writes_urgently:
      ours.mark = Mark::ahead;
      return write(true, move.amount);
    case Word::peer_writes_urgently:
      peer.mark = Mark::ahead;
      return write(false, move.amount);
    case Word::ours_reads_to_the_mark:
      peer.mark = Mark::reached;
      return;
    case Word::ours_takes_the_urgent_byte:
      peer.mark = Mark::taken;
      return;
    case Word::ours_shuts_down:
      return shut(true);
    case Word::peer_shuts_down:
      return shut(false);
    case Word::ours_closes:
      shut(true);
      ours.closed = true;
      return;
    case Word::peer_closes:
      shut(false);
      peer.closed = true;
      return;
    case Word::peer_resets:
      peer.closed = was_reset = gate_must_close = true;
      return;
    case Word::ours_sets:
      options.insert(move.how);
      return;
    case Word::ours_fills_up:
      ours.is_full = true;
      ours.unread += 1;
      return;
    case Word::peer_fills_up:
      peer.is_full = true;
      peer.unread += 1;
      return;
    case Word::they_talk:
      ours.unread = peer.unread = 0;
      in_flight = true;
      return;
    // Before a fault nothing is in flight any more.
    case Word::wire_loses_ours:
      loses_ours = true;
      loses_peer = traits.over_loopback;  // where one wire bears both
      in_flight = false;
      return;
    case Word::wire_loses_peer:
      loses_peer = true;
      in_flight = false;
      return;
    case Word::wire_loses_both:
      in_flight = false;
      loses_ours = loses_peer = true;
      ours.unread = 0;
      ours.unacked += move.amount;
      ours.undelivered += move.amount;
      return;
    case Word::wire_refuses_ours:
      refuses_ours = true;
      in_flight = false;
      return;
    case Word::wire_has_a_hole:
      in_flight = false;
      has_a_hole = true;
      peer.undelivered += 3100;
      return;
    case Word::wire_is_bad:
      is_bad = in_flight = has_lost = true;
      return;
    case Word::gate_closes:
      ++gates;
      has_lost |= is_faulty();
      loses_ours = refuses_ours = loses_peer = has_a_hole = is_bad = gate_must_close = false;
      gate_is_closed = true;
      return;
    case Word::cut:
      ++cuts;
      cut_here = true;
      has_had_arrivals |= move.how == "arrivals";
      no_gate_more |= move.how == "behind" || move.how == "ahead";
      return;
    case Word::checkpoints_fail:
      failing_here = true;
      return;
    case Word::checkpoint_in_passing:
      passing_here = true;
      return;
    case Word::gate_opens:
      return open_gate();
    case Word::program_sleeps:
      sleeps_in = move.how;
      return;
    case Word::program_wakes:
      peer.unread = 0;
      wakes = false;
      return;
    default:
      return play_among_guests(move);
  }
}

Walk legal(const Walk& walk) {
  Walk kept{.start = fitted(walk.start), .moves = {}};
  Model model(kept.start);
  for (const Move& move : walk.moves) {
    if (!model.allows(move)) continue;
    model.play(move);
    kept.moves.push_back(move);
  }
  return kept;
}

}  // namespace sockcr::scenario
