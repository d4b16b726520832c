// The words that scenarios are written in.
//
//   ours, peer            the two ends of the first conversation
//   child(n), client(n)   those of conversation n, where ours listens and the peer connects
//   listener, member(n)   ours' listening socket, or one of a group of them
//   wire                  what happens between them
//   gate                  the firewall block around ours
//   cut()                 checkpoint, kill, restore
#pragma once

#include <cerrno>
#include <cstddef>
#include <functional>
#include <string>

#include "engine/sys/socket_option.h"
#include "scenarios/language/cut.h"
#include "scenarios/language/scenario.h"
#include "scenarios/language/timers.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

inline constexpr std::size_t some_bytes = 3000;  // three segments of a 1500-byte wire

// Where a socket that is not connected is bound.
struct Binding {
  bool bound = true;      // else: nowhere
  bool wildcard = false;  // to no address in particular
  bool port = true;       // to a port of the case's choice, else of the kernel's

  std::string text() const {
    if (!bound) return "";
    return std::string(" bound to ") + (wildcard ? "the wildcard address" : "its address") +
           (port ? " and port" : ", on any port");
  }
};

// An end of a conversation, as a subject of sentences.
class End {
 public:
  End(Who who, std::string name, std::string other)
      : who_(who), name_(std::move(name)), other_(std::move(other)) {}

  // Its SYN leaves, or whatever the wire makes of it, and the conversation begins. The other side
  // listens already.
  Step connects(At at = At::here()) const;
  Step listens(At at = At::here()) const;  // of the peer only
  Step accepts(At at = At::here()) const;  // of the peer only: what ours has connected
  Step retransmits_its_syn(At at = At::here()) const;
  Step binds(const Binding& to, At at = At::here()) const;  // of ours only: a new socket
  Step is_bound_to(const Binding& wanted, At at = At::here()) const;

  Step writes(std::size_t bytes, At at = At::here()) const;  // its socket takes all of them at once
  // By send(2) with this flag besides.
  Step writes_with(int flag, std::string_view flag_name, std::size_t bytes,
                   At at = At::here()) const;
  // Until its queue is full, and nothing moves: what was sent is acknowledged, the rest has to wait
  // for the other's window.
  Step writes_until_nothing_moves(At at = At::here()) const;
  // Small segments, until the other takes back a part of the window that it has granted; what is on
  // its way then is dropped there.
  // Unsupported before that kernel, where the other's window stays as it is.
  Step writes_until_its_window_shrinks(std::string_view since, At at = At::here()) const;
  Step may_send_nothing(At at = At::here()) const;  // its window, as the other has told it, is 0
  // The other writes, or it writes itself, until the kernel has made this buffer larger: SO_RCVBUF
  // or SO_SNDBUF, of which no program has chosen the size.
  Step grows(const SocketOption<int>& buffer, At at = At::here()) const;
  // The same, and the last of them is urgent.
  Step writes_urgently(std::size_t bytes, At at = At::here()) const;
  Step shuts_down(At at = At::here()) const;  // for writing
  Step closes(At at = At::here()) const;
  Step resets(At at = At::here()) const;  // closes with a RST
  // All that has arrived, at once, instead of up to 40 ms later; the other has heard it then.
  Step acknowledges(At at = At::here()) const;

  Step is_in(TcpState state, At at = At::here()) const;     // now
  Step comes_to(TcpState state, At at = At::here()) const;  // sooner or later
  Step reads_all(At at = At::here()) const;  // every byte that the other has written so far
  Step reads_eof(At at = At::here()) const;
  Step reads_error(int error_number, At at = At::here()) const;
  Step is_told(int error_number, At at = At::here()) const;  // by SO_ERROR
  Step has_error(At at = At::here()) const;                  // pending, and not read by this
  Step cannot_write(At at = At::here()) const;               // EPIPE
  // For its program the connection is over: CLOSE, and nothing to be read or written.
  Step appears_closed(At at = At::here()) const;

  // Of the byte that the other wrote urgently last. Out of line (without SO_OOBINLINE) it is no
  // part of what is read, and MSG_OOB returns it, once.
  Step reads_urgent_data_inline(At at = At::here()) const;
  Step reads_up_to_the_mark(At at = At::here()) const;  // sooner or later, and stops there
  Step reads_the_urgent_byte(At at = At::here()) const;
  Step has_no_urgent_byte(At at = At::here()) const;  // none, or it was read

  // The kernel's counts, sooner or later.
  Step has_unread(std::size_t bytes, At at = At::here()) const;
  Step has_unacked(std::size_t bytes, At at = At::here()) const;  // sent, the FIN included
  Step has_unsent(std::size_t bytes, At at = At::here()) const;
  Step has_heard_of_bytes_behind_a_hole(At at = At::here()) const;  // SACKed, sooner or later
  Step sends_something(At at = At::here()) const;  // sooner or later, of its own accord

  // Sooner or later the kernel keeps it in this state, and no descriptor refers to it.
  Step is_kept_in(TcpState state, At at = At::here()) const;
  // The kernel's counts of such a one, in sequence space: a FIN counts.
  Step is_kept_with(std::size_t unread, std::size_t undelivered, At at = At::here()) const;
  // Sooner or later nothing is left of it.
  Step is_gone(At at = At::here()) const;
  // The same, and its kernel says the next segment of it, or gives it up (CLOSE): then, no sooner
  // and no later.
  Step is_gone(const Due& due, At at = At::here()) const;
  Step speaks(const Due& due, At at = At::here()) const;
  Step gives_up(const Due& due, At at = At::here()) const;
  // Looks into the recording: since the time was taken, or since the last restore.
  Step has_sent_since(std::size_t least, std::size_t most, At at = At::here()) const;
  // The kernel gives it up in at most so many seconds.
  Step is_kept_for_at_most(int seconds, At at = At::here()) const;
  Step lingers_in_fin_wait2(int seconds, At at = At::here()) const;  // TCP_LINGER2

  // Once, and the reason why that is right.
  Step may_reset_before_the_gate_closes(std::string reason, At at = At::here()) const;
  Step may_reset_behind_the_gate(std::string reason, At at = At::here()) const;

  // Looks into the recording: the payload of its longest segment.
  Step has_sent_at_most(std::size_t bytes_a_segment, At at = At::here()) const;
  // In one segment, by what TCP_INFO tells, its options left out; at least three quarters of it.
  Step sends_up_to(std::uint32_t bytes, At at = At::here()) const;
  // Looks into the recording: what it sent last stands where its stream ends, and acknowledges all
  // of the other's, the FINs included.
  Step said_last_what_it_must(At at = At::here()) const;

  // A socket option of numbers.
  Step sets(const SocketOption<int>& option, int value, At at = At::here()) const;
  Step has_set(const SocketOption<int>& option, int value, At at = At::here()) const;

  // Legal ones, in a random order; none that would keep it from speaking.
  Step sets_options_at_random(At at = At::here()) const;

  Step chooses_congestion_control(std::string name, At at = At::here()) const;
  Step has_congestion_control(std::string name, At at = At::here()) const;
  Step sets_linger(int seconds, At at = At::here()) const;
  Step has_linger(int seconds, At at = At::here()) const;

  Step is_at_the_port_of_its_choice(At at = At::here()) const;
  Step is_kept_to_its_device(At at = At::here()) const;

  // Every segment carries its clock. It jumps ahead by a quarter of the number space, or to `ms`
  // before its wrap where that is nearer.
  Step moves_its_clock_towards_the_wrap(int ms, At at = At::here()) const;

  Step sees_its_clock_wrap(At at = At::here()) const;
  Step may_leap_ahead(std::string reason, At at = At::here()) const;  // its clock, by a cut
  Step counts_in_microseconds(At at = At::here()) const;

  const std::string& name() const { return name_; }
  const std::string& other() const { return other_; }
  Who who() const { return who_; }

 private:
  Who who_;
  std::string name_, other_;
};

inline const End ours{{Speaker::ours, 1}, "ours", "peer"};
inline const End peer{{Speaker::peer, 1}, "peer", "ours"};
End child(int conversation);
End client(int conversation);

// A listening socket of ours, as a subject of sentences.
class ListeningEnd {
 public:
  ListeningEnd(int number, std::string name) : number_(number), name_(std::move(name)) {}

  Step listens(const Listening& how, At at = At::here()) const;
  // Its state, address, backlog and options are what it was told.
  Step is_listening(At at = At::here()) const;
  Step has_waiting(std::size_t children, At at = At::here()) const;  // sooner or later
  // The child at the front of its queue, sooner or later; it has to be this one's.
  Step accepts(const End& client, At at = At::here()) const;
  // The same, where a child that was reset cannot tell any more whose it is.
  Step accepts_what_was_reset(const End& client, At at = At::here()) const;
  Step closes(At at = At::here()) const;

  // A group of listeners gives every new client to this member, or to whom its place says.
  Step is_chosen_by_place(int place, At at = At::here()) const;

 private:
  int number_;
  std::string name_;
};

inline const ListeningEnd listener{1, "listener"};
ListeningEnd member(int number);
// Every new client may go to any member again.
Step group_chooses_freely(At at = At::here());

// A fault lasts until the gate has closed.
struct Wire {
  // What ours sends vanishes, and its TCP believes that it was sent.
  Step loses_what_ours_sends(At at = At::here()) const;
  Step loses_what_ours_sends_behind(std::size_t bytes, At at = At::here()) const;
  // What the peer sends vanishes: ours' data arrive, and their ACK does not.
  Step loses_what_peer_sends(At at = At::here()) const;
  // All but the SYNs: what the client believes to be established is none.
  Step loses_all_but_syns_of_peer(At at = At::here()) const;
  // What ours would send stays in its queue.
  Step refuses_what_ours_sends(At at = At::here()) const;
  // The packets of what ours sends may have so many bytes, and ours knows it: a route.
  Step is_narrow_for_ours(unsigned bytes, At at = At::here()) const;
  // The segment that begins with the next byte of peer, as often as it is sent.
  Step loses_the_next_segment_of_peer(At at = At::here()) const;
  // A wire that delivers everything, sooner or later.
  Step loses_some_of_what_peer_sends(At at = At::here()) const;
  Step doubles_what_ours_sends(At at = At::here()) const;
  Step delays_what_peer_sends(At at = At::here()) const;
  Step disorders_what_peer_sends(At at = At::here()) const;
};
inline constexpr Wire wire;

// A firewall of the user's, which lets in only new SYNs and connections that it knows from their
// first SYN on. Unsupported where this kernel has no connection tracking.
struct Firewall {
  Step guards_ours(At at = At::here()) const;
  Step guards_peer(At at = At::here()) const;
  // What ours begins comes from its second address.
  Step translates_ours(At at = At::here()) const;
};
inline constexpr Firewall firewall;

// A client of ours' listener connects, writes and waits in its queue; later it is accepted, heard,
// and the two part.
Steps knocks(int client, std::size_t bytes, At at = At::here());
Steps is_served(int client, At at = At::here());
// So many clients of ours' listener at once.
Step crowd_comes(int clients, At at = At::here());
Step crowd_leaves(int clients, At at = At::here());

// An address that ours may have besides its own.
struct SecondAddress {
  Step comes(At at = At::here()) const;
  Step goes(At at = At::here()) const;
};
inline constexpr SecondAddress second_address;

// On the wire ours is at its second address, and does not know it.
Step ours_is_seen_at_its_second_address(At at = At::here());
// The program that holds ours' sockets, where it does not idle but sleeps in a call: read(2) or
// accept(2) (`read`, `accept`; it blocks), or epoll_wait(2), level-triggered (`epoll`; then it
// reads) or edge-triggered (`edge`). The socket is the first listener's or ours'.
struct ProgramWords {
  Step sleeps_in(const std::string& call, At at = At::here()) const;
  // In that very call, which has not returned; nothing of a checkpoint is left on its socket.
  Step sleeps_on(At at = At::here()) const;
  // The call returns once, with all that the peer has written or with client 1, and is made again.
  Step wakes_up(At at = At::here()) const;
  Step idles(At at = At::here()) const;
};
inline constexpr ProgramWords program;

// The IPv6 addresses that the two have from here on: fe80::1 and fe80::2, each at one device. Their
// connection cannot move, for a link goes nowhere else.
Step both_are_known_by_their_link(At at = At::here());

struct GateWords {
  Step closes(At at = At::here()) const;
  Step opens(At at = At::here()) const;
};
inline constexpr GateWords gate;

// A connection of the variant's family, side and options, its streams both used, held by the
// subject. Asserts what the variant's name promises.
Steps establish(const Variant& v, At at = At::here());

// What is special about a connection before its SYN. The text follows what establish says.
struct Special {
  std::string text{};
  std::function<void(int socket)> ours{}, peer{};  // of who listens it is the listener
  bool usual_handshake = true;                     // SACK and unequal window scales are agreed on
  std::size_t in_the_syn = 0;                      // so many bytes of who connects (RFC 7413)
};
Steps establish(const Variant& v, const Special& special, At at = At::here());

Special keeps_to_its_device();  // SO_BINDTODEVICE
Special begins_at_its_first_address();
Special shares_its_port();  // bound like below, by SO_REUSEADDR
// From that port to another one of peer's: conversation 2, of child(2) and client(2).
Step ours_connects_again_from_its_port(At at = At::here());
Special binds_before_it_connects();  // to the wildcard address; ours is the one that connects

// Bytes in the SYN, taken without a cookie. The sysctl that allows it is sysctls_of_fast_open().
Special writes_into_its_syn(const Variant& v);
std::vector<netns::SysctlOverride> sysctls_of_fast_open();
// Who connects gives its SYN this sequence number (not 0).
Special chooses_first_number(const Variant& v, Sequence isn);
// Both ends are ours, over loopback; the subject of that number holds the peer's.
Steps establish_over_loopback(const Variant& v, int subject_of_peer, At at = At::here());

// Every segment is signed (RFC 2385), by a key for the peer, or (prefix) for its whole network. The
// engine is given ours' key, unless nobody knows it.
Steps establish_signed(const Variant& v, At at = At::here());
Step nobody_knows_the_key(At at = At::here());
Step no_signature_was_wrong(At at = At::here());

// A connection, or something beside it, of the kind that the variant's detail names, which no
// engine is asked to restore: ao, ktls, md5, mptcp, sctp, unix. Unsupported where this
// kernel lacks the kind.
Steps establish_refused(const Variant& v, At at = At::here());

// What the variant's queues hold, each part where the timeline can still make it. Who has shut down
// writes nothing more.
Steps unread_bytes(const Variant& v, At at = At::here());       // the peer's, unread
Steps undelivered_bytes(const Variant& v, At at = At::here());  // ours', unacked and lost
Steps unsent_bytes(const Variant& v, At at = At::here());       // ours', into the closed gate
Steps late_bytes(const Variant& v, At at = At::here());         // the peer's, into the closed gate

// Which is not where it was, if it has moved; the last of all that a peer has to know of it.
Step peer_finds_ours(At at = At::here());

// Each writes, and the other reads it.
Steps talk(const End& one, const End& other, At at = At::here());
// The clock of one's time stamps is soon `ms` before its wrap, and the other knows.
Steps comes_near_its_wrap(const End& one, const End& other, int ms, At at = At::here());
// One closes, the other reads end of file and closes.
Steps part(const End& first, const End& second, At at = At::here());
// The same where the first has shut down already, and reads on.
Steps part_behind(const End& first, const End& second, At at = At::here());

// Every program has closed: nothing of any conversation is left but TIME_WAIT.
Step conversation_ends(At at = At::here());

}  // namespace sockcr::scenario
