// Of steps that only raw sockets, members of groups, filters and unix sockets take.
#include "scenarios/language/reasons.h"

namespace sockcr::scenario {

using When = Reason::When;

const std::vector<Reason>& reasons_of_other_kinds() {
  static const std::vector<Reason> reasons{
      {".* opens a raw socket of .*", When::always,
       "a raw socket has neither ports nor a handshake: it is its protocol, its addresses and its "
       "options"},
      {".* sends .* packets? .*, in vain|each sender sends to .*, in vain|.* sends .* that its "
       "filter drops",
       When::always, "what is to be dropped is dropped before a cut and behind it"},
      {".* sends .* packets? .*|each sender sends to .*", When::always,
       "each has bytes of its own, so that every one of them is known again"},
      {".* reads every packet .*", When::always,
       "each once and in order, with all that the kernel tells of it"},
      {"ours writes IP headers itself .*|ours asks every packet .*|ours shall be told .*|ours is "
       "told .*|ours hears nothing of .*|peer gets two addresses more",
       When::always, "an option that is lost changes what the wire carries, or what is heard"},
      {"$ closes its raw socket", When::always, "nothing of this is on the wire"},

      {".* joins group .*|.* leaves group .*", When::always,
       "the kernel keeps the memberships of a socket in a list, and takes the first that fits"},

      {".* gets (a filter|an eBPF program) that .*|.* has its filter, .*", When::always,
       "a filter sees what comes, never what is there: what is put back must not meet it, and what "
       "is locked stays locked"},
      {"what peer sends is of .*", When::always, "the filter tells packets apart by their class"},

      {"[A-Z0-9_]+, rebuilt, path-MTU probing: .*", When::always,
       "connect(2) in repair mode has heard of no MSS, and probing began with the smallest one"},
      {"[A-Z0-9_]+, rebuilt: .* no sample of the round trip", When::always,
       "nobody knows when these bytes were sent (Karn's algorithm; RFC 6298, section 3)"},

      {"[A-Z0-9_]+[^:]*: .*TCP_REPAIR[ ,].*", When::always,
       "repair mode writes what a peer believes: it takes CAP_NET_ADMIN over the namespace, and a "
       "listener has nothing to repair (tcp_can_repair_sock)"},
      {"[A-Z0-9_]+[^:]*: .*(TCP_REPAIR_QUEUE|TCP_QUEUE_SEQ).*", When::always,
       "a queue is chosen in repair mode alone, and its number is set while nothing can contradict "
       "it: in CLOSE"},
      {"[A-Z0-9_]+[^:]*: .*(TCP_REPAIR_OPTIONS|TCP_REPAIR_WINDOW|TCP_TIMESTAMP).*", When::always,
       "what a handshake would have agreed on: of a connection in repair mode, before it sends "
       "anything"},
      {"[A-Z0-9_]+[^:]*: (send|recv|connect|bind|close)[ ,].*", When::always,
       "in repair mode calls of every day fill and read queues, and put nothing on the wire"},
      {"[A-Z0-9_]+, rebuilt: .* time stamp .*", When::always,
       "a rebuilt connection has heard no time stamp: PAWS (RFC 7323) has nothing to compare with"},

      {".* are a pair of unix sockets: .*|.* is a unix socket: .*|.* binds to .*|.* connects to "
       "server|.* listens, with room .*|server (accepts|connects to) .*|client .* connects to .*",
       When::always,
       "a unix socket is its name, its peer and what has been sent to it; no packet tells"},
      {".* sends (a message|messages) .*|.* sends a message .*", When::always,
       "a message is its bytes, its border, its sender and what it carries"},
      {".* reads every message .*|.* reads the byte out of band", When::always,
       "each once, in order, with its borders, its sender and the descriptors that it carries"},
      {".* has its name and its peer|the node of .*|the name of .*", When::always,
       "whoever finds the socket by its name, or asks who is at its other end, must find the same"},
      {".* peeks from byte .*|.* wants to know who sends|.* cannot send: .*|.* reads "
       "ECONNRESET|one "
       "(shuts down|reads end of file)|other (shuts down|reads end of file)|.* reads end of file",
       When::always, "what a program has set, and what it is told, is the same behind a cut"},
      {".* (gets a second descriptor in its|is held by a second|is sent to a second) program, .*",
       When::always,
       "dup, fork and SCM_RIGHTS give one open file one more descriptor; two sockets could not "
       "even "
       "have the same addresses"},
      {".* is set up: .*|.* is as it was set up: .*|both descriptors of .* are one open file",
       When::always,
       "flags, signal and owner are of the open file, and the same by every descriptor of it; "
       "close-on-exec is of each"},
      {".* has told its owner, and nobody else", When::always,
       "behind a cut the owner's number is another, and may be a stranger's"},
      {".* goes on by its other descriptor", When::always,
       "where one has stopped reading the other goes on"},

      {".* closes its unix socket", When::always, "nothing of this is on any wire"},
  };
  return reasons;
}

}  // namespace sockcr::scenario
