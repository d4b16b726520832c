// Which moves are legal where: what no program may do, what the laboratory cannot judge, and what
// is known to be lost by a cut.
#include <algorithm>

#include "scenarios/walk/model.h"

namespace sockcr::scenario {
namespace {

constexpr unsigned most_at_once = 6000;   // undelivered: few segments, and so few timers
constexpr unsigned most_tiny = 500;       // the same, in tiny segments
constexpr unsigned most_unread = 12'000;  // far below any window
constexpr unsigned most_gates = 4;        // in one walk
constexpr unsigned most_guests = 4;       // the backlog and one more

bool is_one_of(const std::string& word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

// Once it is restored, or while it is to run on, ours waits behind the gate.
bool Model::ours_acts(Word word) {
  switch (word) {
    case Word::peer_writes:
    case Word::peer_reads:
    case Word::peer_writes_urgently:
    case Word::peer_shuts_down:
    case Word::client_writes:
      return false;
    default:
      return true;
  }
}

bool Model::allows(const Move& move) const {
  switch (move.word) {
    case Word::gate_closes:
    case Word::gate_opens:
      return allows_gate(move);
    case Word::cut:
    case Word::checkpoints_fail:
    case Word::checkpoint_in_passing:
      return gate_is_closed && allows_cut(move);
    default:
      break;
  }
  const bool peer_waits_too = traits.over_loopback || traits.readdressed;
  if ((cut_here || passing_here) && (ours_acts(move.word) || peer_waits_too)) return false;
  if (stage == Stage::listening) return allows_among_guests(move);
  if (stage != Stage::connected || was_reset) return false;
  return allows_in_conversation(move);
}

// What shrinks goes on doing so; the new address is there already when ours comes again; where a
// cable is plugged in, whatever was sent may wait for an answer to "who has"; and what was
// requested is a listener's guest then, as others come to be in fewer steps.
bool Model::has_one_gate() const {
  return traits.shrinks || traits.readdressed || traits.link_gate ||
         flavour_of(start).stage == Stage::requested;
}

bool Model::allows_gate(const Move& move) const {
  if (move.word == Word::gate_opens) return gate_is_closed;
  if (gates > 0 && has_one_gate()) return false;
  return !gate_is_closed && !no_gate_more && gates < most_gates && !wakes;
}

bool Model::allows_cut(const Move& move) const {
  if (cut_here || passing_here) return false;
  if (move.word != Word::cut) {
    // One that leaves its program running refuses what reading would destroy.
    if (stage != Stage::connected || traits.is_signed || traits.moves || traits.over_loopback) {
      return false;
    }
    if (!both_open() || was_reset) return false;
    return move.word == Word::checkpoints_fail ? !failing_here : !sleeps_in.empty();
  }
  if (!sleeps_in.empty()) return false;
  const std::string& how = move.how;
  if (how.empty()) return true;
  if (traits.moves) return false;
  if (how == "gap") return stage != Stage::crowded;
  // Who belongs to nobody cannot be killed to be restored once more, nor who waits in a queue.
  if (how == "again")
    return stage == Stage::connected && !ours.closed && !was_reset &&
           state_of_ours() != TcpState::close;
  // Of one image what is in TIME_WAIT comes last, for nothing can be built in its place; two images
  // do not know of each other.
  if (how == "two images" || how == "other order")
    return traits.in_two && !(ours.shut && peer.shut);
  const bool usual = stage == Stage::connected && traits.is_plain && both_open() && !was_reset &&
                     state_of_ours() == TcpState::established &&
                     state_of_peer() == TcpState::established;
  if (how == "arrivals") return usual && !has_had_arrivals;
  if (how.starts_with("beside ")) return usual;
  return usual && start.options == Options::ts && is_one_of(how, cut_manners());
}

bool Model::may_write(const Stream& one, const Stream& other, unsigned bytes) const {
  if (one.shut || one.closed || other.closed || one.is_full) return false;
  if (traits.shrinks) return false;  // any ACK may take back more
  if (!is_open() && one.on_its_way() + one.unacked + bytes > most_at_once) return false;
  // A cut forgets how wide the congestion window was.
  if (traits.tiny_segments && is_faulty() && one.on_its_way() + one.unacked + bytes > most_tiny) {
    return false;
  }
  return one.unread + one.on_its_way() + bytes <= most_unread;
}

bool Model::may_read(const Stream& reader, const Stream& writer) const {
  const bool is_there = is_open() || (!in_flight && !writer.is_full);
  return !reader.closed && writer.unread > 0 && writer.on_its_way() == 0 && is_there &&
         (writer.mark == Mark::none || writer.mark == Mark::taken);
}

// With unread bytes, or with more to come, closing would be a reset.
bool Model::may_close(const Stream& one, const Stream& other) const {
  if (one.closed || other.unread != 0 || !other.arrived() || other.mark == Mark::ahead)
    return false;
  if (options.contains("linger") && !is_open()) return false;
  return !one.is_full && one.mark == Mark::none && sleeps_in.empty();
}

// On a bad wire nothing happens but what any wire can bear: bytes and their ends.
Word Model::plain_word(Word word) {
  switch (word) {
    case Word::ours_writes:
    case Word::peer_writes:
    case Word::ours_reads:
    case Word::peer_reads:
    case Word::ours_shuts_down:
    case Word::peer_shuts_down:
    case Word::they_talk:
      return word;
    default:
      return Word::wire_is_bad;  // twice is once too often
  }
}

bool Model::allows_in_conversation(const Move& move) const {
  const bool asleep = !sleeps_in.empty();
  switch (is_bad ? plain_word(move.word) : move.word) {
    case Word::ours_writes:
      return may_write(ours, peer, move.amount) && !ours.mark_is_lost() &&
             !(loses_ours && loses_peer && !traits.over_loopback) && !asleep;
    case Word::peer_writes:
      if (asleep && (wakes || peer.unread + peer.on_its_way() > 0 || move.amount > 1000))
        return false;
      return may_write(peer, ours, move.amount) && peer.mark == Mark::none;
    case Word::ours_reads:
      // Who reads up to a FIN may have read it too, and an image does not tell.
      if (traits.shrinks) return false;  // what it grants then is its own affair
      return may_read(ours, peer) && !asleep && !peer.fin_arrived;
    case Word::peer_reads:
      return may_read(peer, ours) && !(traits.over_loopback && ours.fin_arrived);
    // What is queued when TCP learns of a mark is sent again in pieces that name wrong bytes.
    case Word::ours_writes_urgently:
      return may_write(ours, peer, move.amount) && !asleep && ours.mark == Mark::none &&
             ours.unsent + ours.undelivered + ours.unacked == 0 && !traits.tiny_segments &&
             !traits.shrinks && !peer.closed && options.empty();
    // Repeated in another piece it is another byte that the other finds.
    case Word::peer_writes_urgently:
      if (!is_open() && (move.amount > 1000 || in_flight)) return false;
      return may_write(peer, ours, move.amount) && !asleep && peer.mark == Mark::none &&
             peer.unsent + peer.undelivered + peer.unacked == 0 && !traits.tiny_segments &&
             !traits.shrinks;
    case Word::ours_reads_to_the_mark:
      return is_open() && peer.mark == Mark::ahead && !ours.closed;
    case Word::ours_takes_the_urgent_byte:
      return is_open() && (peer.mark == Mark::ahead || peer.mark == Mark::reached) && !ours.closed;
    case Word::ours_shuts_down:
      if (traits.link_gate && gate_is_closed) return false;
      return !ours.shut && !asleep && !ours.is_full && !traits.shrinks && !ours.mark_is_lost();
    case Word::peer_shuts_down:
      if (traits.is_signed && ours.shut) return false;  // no image holds the key of a TIME_WAIT
      // An orphan that hears of the peer by an ACK from behind its FIN has no clock of the peer's:
      // no system call has told it (ts_recent).
      if (ours.closed && !ours.fin_acked && !is_open()) return false;
      return !peer.shut && !asleep && !peer.is_full && !traits.shrinks;
    case Word::ours_closes:
      if (peer.shut && !peer.fin_arrived) return false;
      if ((traits.link_gate && gate_is_closed) || traits.readdressed) return false;
      return may_close(ours, peer) && !traits.shared && !traits.over_loopback && !traits.is_signed;
    case Word::peer_closes:
      if (traits.readdressed) return false;  // who has no socket cannot be told
      return may_close(peer, ours) && ours.unacked == 0 && is_open() && !traits.over_loopback;
    case Word::peer_resets:
      return is_open() && both_open() && !ours.shut && !peer.shut && !asleep && peer.arrived() &&
             peer.mark == Mark::none && ours.mark == Mark::none && !no_gate_more &&
             gates < most_gates && !traits.over_loopback && !traits.guarded && !traits.moves &&
             !traits.is_signed && !traits.shared && !peer.is_full && !ours.is_full;
    case Word::ours_sets:
      return !ours.closed && !gate_is_closed && !is_faulty() && !is_bad && !traits.shrinks &&
             is_one_of(move.how, settable_options()) && !options.contains(move.how) &&
             !(move.how == "reno" && options.contains("cubic")) &&
             !(move.how == "cubic" && options.contains("reno")) && ours.mark == Mark::none;
    case Word::ours_fills_up:
      return is_open() && both_open() && !ours.shut && !asleep && !ours.is_full &&
             ours.mark == Mark::none && traits.is_plain;
    case Word::peer_fills_up:
      return is_open() && both_open() && !peer.shut && !asleep && !peer.is_full &&
             peer.mark == Mark::none && traits.is_plain;
    case Word::they_talk:
      return is_open() && both_open() && !ours.shut && !peer.shut && !asleep && ours.arrived() &&
             peer.arrived() && ours.mark == Mark::none && peer.mark == Mark::none &&
             !traits.shrinks;
    case Word::program_sleeps:
      return is_open() && both_open() && !ours.shut && !peer.shut && !asleep && gates == 0 &&
             peer.unread == 0 && peer.mark == Mark::none && traits.is_plain && !was_reset &&
             is_one_of(move.how, {"read", "epoll", "edge"});
    case Word::program_wakes:
      return is_open() && asleep && wakes;
    default:
      return allows_fault(move);
  }
}

bool Model::allows_fault(const Move& move) const {
  if (!is_healthy() || traits.link_gate || (traits.readdressed && gates > 0) || no_gate_more ||
      gates == most_gates)
    return false;
  if (!sleeps_in.empty() || ours.is_full || peer.is_full || traits.shrinks) return false;
  if (options.contains("cork") || options.contains("nagle"))
    return false;  // what it holds back comes in its own time
  if (ours.closed && peer.closed) return false;
  switch (move.word) {
    case Word::wire_loses_ours:
    case Word::wire_refuses_ours:
      return !traits.over_loopback || move.word == Word::wire_loses_ours;
    case Word::wire_loses_peer:
      return !traits.over_loopback;
    case Word::wire_loses_both:
      return !traits.over_loopback && !traits.tiny_segments && may_write(ours, peer, move.amount) &&
             2 * move.amount <= most_at_once && ours.arrived() && ours.mark == Mark::none;
    case Word::wire_has_a_hole:
      return traits.sacks && !traits.over_loopback && may_write(peer, ours, 3100) &&
             peer.mark == Mark::none && !traits.tiny_segments && !peer.closed && !ours.closed;
    case Word::wire_is_bad:
      return !is_bad && !traits.over_loopback && !traits.moves && !traits.guarded && both_open() &&
             ours.mark == Mark::none && peer.mark == Mark::none &&
             is_one_of(move.how, bad_manners());
    default:
      return false;
  }
}

bool Model::allows_among_guests(const Move& move) const {
  const int waiting = last_waiting(), accepted = last_accepted();
  const unsigned bytes = move.amount;
  switch (move.word) {
    case Word::client_knocks:
      // What a segment of a middling size costs is not what it cost the first time, and the window
      // that a child grows by it is its handshake's.
      return is_open() && guests.size() < most_guests && (bytes <= 100 || bytes >= 3000);
    case Word::client_shuts_down:
      return is_open() && waiting >= 0 && !guests[static_cast<std::size_t>(waiting)].shut;
    case Word::listener_accepts:
      return is_open() && first_waiting() >= 0;
    case Word::client_writes: {
      if (accepted < 0) return false;
      const Guest& guest = guests[static_cast<std::size_t>(accepted)];
      return !guest.shut && guest.unread + bytes <= most_at_once;
    }
    case Word::child_writes:
      return accepted >= 0 && !guests[static_cast<std::size_t>(accepted)].unheard &&
             bytes <= most_at_once;
    default:
      return false;
  }
}

}  // namespace sockcr::scenario
