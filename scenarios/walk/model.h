// What TCP makes of a walk: the states of both ends and what became of each byte. Pure values; no
// system call, no socket. What cannot be told for sure is in doubt, and nobody asserts it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/image/tcp_state.h"
#include "scenarios/walk/flavour.h"
#include "scenarios/walk/walk.h"

namespace sockcr::scenario {

// The byte that an end wrote urgently, as the other finds it.
enum class Mark : std::uint8_t { none, ahead, reached, taken };

// What one end has said.
struct Stream {
  unsigned unread = 0;       // has arrived; the other's program has not read it
  unsigned unacked = 0;      // of what has arrived, what this end does not know of
  unsigned undelivered = 0;  // was sent, and lost
  unsigned unsent = 0;
  bool is_full = false;  // as much as the other's window takes, and more
  Mark mark = Mark::none;

  bool shut = false;       // its FIN is queued
  bool shut_last = false;  // when the other's FIN had arrived already
  bool fin_arrived = false;
  bool fin_acked = false;
  bool closed = false;  // its program is done

  unsigned on_its_way() const { return undelivered + unsent; }
  bool arrived() const { return on_its_way() == 0 && !is_full; }
  // What follows may then overtake it, and Linux (up to 6.18 at least) takes for the urgent byte
  // one of the TCP header of a segment that begins a few bytes behind the mark (tcp_urg).
  bool mark_is_lost() const { return mark != Mark::none && undelivered > 0; }
};

// A client of ours' listener.
struct Guest {
  unsigned unread = 0;   // by ours
  bool unheard = false;  // the child has written what the client has not read
  bool shut = false;
  bool accepted = false;
};

class Model {
 public:
  explicit Model(const Start& start);

  bool allows(const Move& move) const;
  void play(const Move& move);  // one that is allowed

  // What stops the wire is gone: everything arrives.
  void heal();

  TcpState state_of_ours() const { return state_of(ours, peer); }
  TcpState state_of_peer() const { return state_of(peer, ours); }
  bool is_faulty() const { return loses_ours || refuses_ours || loses_peer || has_a_hole; }
  // Sooner or later everything arrives.
  bool is_open() const { return !gate_is_closed && !is_faulty(); }
  bool is_healthy() const { return is_open() && !is_bad; }
  bool lingers() const { return traits.is_orphan && state_of_ours() == TcpState::fin_wait2; }
  bool has_one_gate() const;  // at the most
  bool both_open() const { return !ours.closed && !peer.closed; }
  // A queue's number is what it says: no loss has narrowed the congestion window yet.
  bool counts_are_sure() const;
  // The first that waits in the queue of the listener; none: -1.
  int first_waiting() const;
  int last_waiting() const;
  int last_accepted() const;

  Start start;
  Stage stage;
  Traits traits;
  Stream ours, peer;
  std::vector<Guest> guests;
  std::set<std::string> options;

  bool gate_is_closed = false;
  bool loses_ours = false, refuses_ours = false, loses_peer = false, has_a_hole = false;
  bool is_bad = false;     // some segments are lost, late, twice
  bool in_flight = false;  // who has what of the last bytes is in doubt
  bool has_lost = false;   // something, once
  bool has_had_arrivals = false;
  bool was_reset = false;
  bool gate_must_close = false;  // once more, for something counts up to there
  bool no_gate_more = false;
  bool cut_here = false;      // behind the gate that is closed now
  bool passing_here = false;  // a checkpoint was taken, and ours shall run on
  bool failing_here = false;
  unsigned gates = 0, cuts = 0;
  std::string sleeps_in{};
  bool wakes = false;  // the program's call has something to return

 private:
  static TcpState state_of(const Stream& one, const Stream& other);
  static bool ours_acts(Word word);
  static Word plain_word(Word word);
  bool allows_in_conversation(const Move& move) const;
  bool allows_among_guests(const Move& move) const;
  bool allows_gate(const Move& move) const;
  bool allows_cut(const Move& move) const;
  bool allows_fault(const Move& move) const;
  bool may_write(const Stream& one, const Stream& other, unsigned bytes) const;
  bool may_read(const Stream& reader, const Stream& writer) const;
  bool may_close(const Stream& one, const Stream& other) const;
  void play_among_guests(const Move& move);
  void write(bool of_ours, unsigned bytes);
  void shut(bool of_ours);
  void open_gate();
};

// The walk without the moves that are not allowed where they stand, on a start that its flavour
// admits, and with a cut. Every walk that is played is one.
Walk legal(const Walk& walk);

// Options that ours may set, by name.
const std::vector<std::string>& settable_options();
// What a cut may be besides plain, by name.
const std::vector<std::string>& cut_manners();
const std::vector<std::string>& bad_manners();

}  // namespace sockcr::scenario
