#include "scenarios/language/reasons.h"

namespace sockcr::scenario {
namespace {

using When = Reason::When;

const std::vector<Reason> handshakes{
    {"establish over .*loopback.*", When::always,
     "both ends are to be restored: whoever comes back first must not be answered with a RST by "
     "the "
     "place where the other one was"},
    {"establish over .*signed", When::always,
     "the kernel drops what bears no signature (RFC 2385), so a forged segment must bear one too"},
    {"establish over .*first sequence number", When::always,
     "so that the numbers wrap just where this case wants it, in the middle of a queue or at its "
     "end"},
    {"establish over .*bytes in the SYN", When::always,
     "the SYN has borne data (RFC 7413): history, but it has moved every sequence number"},
    {"establish over .*MSS.*", When::always,
     "the MSS is told in the SYN only; whoever forgets it sends segments that are too large, or "
     "too "
     "small"},
    {"establish over .*small buffer", When::always,
     "a small receive buffer can be filled until its window is taken back"},
    {"establish over .*(device|address|port|shares it)", When::always,
     "where the socket is bound decides which packets it gets, and what else may stand beside it"},
    {"establish over .*", When::always,
     "a real handshake over the wire: MSS, window scales, SACK and time stamps are agreed on here, "
     "once, and can be asked of nobody later"},
    {"both are known by their link-local addresses", When::always,
     "such an address means something together with a device only"},
    {"$ begins to connect", When::always, "the SYN leaves; how far it gets is for the wire to say"},
    {"$ retransmits its SYN", When::always,
     "what comes back must not begin with another sequence number than this SYN had"},
    {"peer listens", When::always,
     "there is somebody to answer, so that every RST would be the engine's fault"},
    {"peer accepts what ours has connected", When::always,
     "the handshake that the cut came into has been completed"},
    {"ours connects from the same port to another of peer's", When::always,
     "two sockets of ours share their local port: the second bind must be allowed when they come "
     "back, too"},
    {"ours makes a socket.*", When::always,
     "a socket that never connected has an address at the most, and that is all that can be lost"},
    {"ours gets what makes it .*", When::always,
     "a kind of socket that no engine is asked to restore yet: it must be refused, not harmed"},
};

const std::vector<Reason> bytes{
    {"$ writes .*, the last one urgent", When::always,
     "the urgent mark is a place in the stream; a stream restored without it reads differently"},
    {"$ writes .* with MSG_.*", When::always,
     "where a record ends decides what may be sent now and what waits"},
    {"$ writes until its queue.*", When::always,
     "both windows come to be closed: only a window update may start the flow again"},
    {"$ writes until ours takes back.*", When::always,
     "the right edge of the window moves left, which RFC 9293 warns of and Linux does"},
    {"ours has closed its window for peer", When::always,
     "0 is a window like any other, and not the same as one that nobody has told"},
    {"$ writes, and SO_.* grows", When::always,
     "a buffer of which nobody has chosen the size grows by itself, unless a restore has locked "
     "it"},
    {"$ writes [0-9]+ bytes", When::before,
     "whether anybody reads these, and whether they arrive, decides in which queue the cut finds "
     "them"},
    {"(peer|client [0-9]+) writes [0-9]+ bytes", When::closed,
     "into the void: the peer repeats them until they are acknowledged, and must never get a RST"},
    {"$ writes [0-9]+ bytes", When::closed,
     "into the void: only the send queue has these bytes, and only the image can bring them back"},
    {"$ writes [0-9]+ bytes", When::after, "new bytes behind the old ones: the stream goes on"},
    {"$ reads all that .*", When::before,
     "both directions have been used: no sequence number, window or clock stands at its beginning"},
    {"$ reads all that .*", When::closed, "what has arrived can be read, gate or not"},
    {"$ reads all that .*", When::after,
     "every byte once and in order, compared by content, those that were in a queue included"},
    {"$ reads end of file", When::always,
     "the FIN is found where it belongs, behind the last byte, and once"},
    {"$ reads up to the byte that .* wrote urgently", When::always,
     "a read stops at the mark, so that SIOCATMARK can be asked there"},
    {"$ reads (the urgent byte|urgent data inline)|$ has no urgent byte to read", When::always,
     "out of line the byte is taken by MSG_OOB, once; inline it is one of the stream"},
};

const std::vector<Reason> counts{
    {"$ has 0 (sent and not acknowledged|unsent|unread bytes)", When::always,
     "the kernel's own count: the queue is known to be empty, not assumed"},
    {"$ has [0-9]+ sent and not acknowledged", When::always,
     "the kernel's own count: these bytes may have arrived or not, ours cannot know"},
    {"$ has [0-9]+ unsent", When::always,
     "the kernel's own count: these have no segment yet, and the FIN may have to follow them"},
    {"$ has [0-9]+ unread bytes", When::always,
     "the kernel's own count: the peer has been told that they arrived, so they must never be "
     "lost"},
    {"$ has heard of bytes behind a hole", When::always,
     "SACKed bytes may be thrown away (RFC 2018, 8), acknowledged ones may not"},
    {"no segment of ours has had more than .*|$ sends up to .*", When::always,
     "a segment that is larger than the path or the peer's MSS is lost, a smaller one is slower"},
    {"$ sends a segment of its own accord", When::always,
     "a timer that the socket had is there again and fires"},
};

const std::vector<Reason> states{
    {"$ (is in|comes to) [A-Z0-9_]+", When::before,
     "the state is asserted, by TCP_INFO and sock_diag, never assumed: else another one is tested"},
    {"$ (is in|comes to) [A-Z0-9_]+", When::closed,
     "closing the gate has changed nothing: this is the state that is cut"},
    {"$ (is in|comes to) [A-Z0-9_]+", When::after,
     "the state is the one that the conversation would have without a cut"},
    {"$ shuts down for writing", When::always,
     "a FIN takes a sequence number: whoever restores must know if it was sent and if it was "
     "acknowledged"},
    {"$ acknowledges what it has", When::always,
     "at once, instead of up to 40 ms later: so that the state is reached by packets, not by time"},
    {"$ closes", When::before,
     "its program is done with the socket, and what the kernel still has to say remains to be "
     "said"},
    {"$ closes", When::closed, "nobody hears of it before the gate opens"},
    {"$ closes", When::after, "in order: all that came has been read, so that closing is no reset"},
    {"$ resets", When::always,
     "what the other end has not read yet, and that it must be told, stays"},
    {"the kernel keeps [a-z0-9 ]+ in .*", When::always,
     "no program has it any more: only sock_diag tells of it, and the other end still counts on "
     "it"},
    {"the kernel keeps [0-9]+ unread.*", When::always,
     "counted in sequence space, where a FIN is one: what is still to be delivered"},
    {"the kernel keeps .* for at most .*", When::always,
     "its timer runs, and nobody waits longer than without a cut"},
    {"ours shall wait .*", When::always,
     "TCP_LINGER2: how long FIN_WAIT2 may last without its FIN"},
    {"nothing is left of $", When::always, "no socket, no TIME_WAIT, no timer"},
    {"the last that .* said stands behind its FIN.*", When::always,
     "an ACK with other numbers would make the peer answer, and both could go on for ever"},
    {"the conversation ends in order", When::always,
     "both FINs are acknowledged, and nothing is left but TIME_WAIT"},
};

const std::vector<Reason> errors{
    {"$ has an error pending", When::always,
     "asked without taking it: an error is told to the program once, and that is still to come"},
    {"SO_ERROR tells .*|$ reads E[A-Z]+", When::always,
     "the program hears the error that it would have heard, and no other"},
    {"$ (cannot write any more|appears closed to its program)", When::always,
     "for its program it is over, and it is told so instead of waiting for ever"},
    {"$ may send one RST .*", When::always,
     "the one RST that is right here, allowed by direction, phase and reason; any other fails"},
};

const std::vector<Reason> wire{
    {"wire loses what ours sends behind .*", When::always,
     "a hole that TCP believes: the bytes are sent and never arrive, and only ours' queue has "
     "them"},
    {"wire loses what ours sends", When::always,
     "sent, as TCP believes, and never arrived: the peer repeats itself, or ours has to"},
    {"wire loses what peer sends", When::always,
     "the ACKs are lost: the bytes have arrived, ours does not know, and they must not be read "
     "twice"},
    {"wire loses all but the SYNs .*", When::always,
     "the handshake stays half open, with what the client may have written behind it"},
    {"wire loses the next segment of peer.*", When::always,
     "a hole in what ours receives: what follows is kept out of order"},
    {"wire (loses one in five|delivers twice|delays|swaps) .*", When::always,
     "what any network does to segments: after the cut TCP has to know as well as before what is "
     "new and what has come already"},
    {"wire refuses what ours sends", When::always,
     "the segment comes back with an error: it was never sent, and TCP knows"},
    {"the path of what ours sends carries .*", When::always,
     "a path MTU is learned on the way and is no property of the socket: it may have to be learned "
     "again"},
    {"ours (gets a|loses its) second address|peer (sees|finds) ours .*", When::always,
     "an address comes, goes or moves to another machine, while the socket keeps it"},
    {"a firewall .*", When::always,
     "conntrack drops what does not fit a connection that it has seen: a forged segment may not "
     "fit"},
    {".* time-stamp clock .*|.* time stamps count microseconds", When::always,
     "a clock that steps back makes the peer throw every segment away (PAWS, RFC 7323)"},
    {"neither kernel has dropped a segment for its signature", When::always,
     "what is signed wrongly is dropped in silence: only a counter tells"},
};

const std::vector<Reason> cuts{
    {"gate closes", When::always,
     "from here on nothing passes but what bears the engine's mark: a packet to a socket that is "
     "not "
     "there would be answered by a RST"},
    {"gate opens", When::always,
     "what the peer has repeated in vain comes in. Ours must speak at once: a wait for a timer is "
     "a "
     "stall, and is measured"},
    {"cut ours, and a packet of peer arrives.*", When::always,
     "a packet behind every system call of the engine: between any two of them the kernel must not "
     "answer wrongly"},
    {"cut ours, the image written by a machine .*", When::always,
     "the clocks of another machine: time stamps go on by what the peer has seen, not by who "
     "restores"},
    {"cut ours, and restore it twice.*", When::always,
     "an image is not used up by a restore that came to nothing"},
    {"cut ours, and somebody takes its place", When::always,
     "who stands in the way is named, and a restore that fails leaves nothing and sends nothing"},
    {"cut ours, .*listeners only", When::always,
     "connections are given up on purpose, what listens is kept"},
    {"cut ours, with .* in between", When::always,
     "the peer's timers run on while ours is away; ours' must not have run"},
    {"cut ours.*", When::always,
     "checkpoint: freeze the holder, read, write the image. SIGKILL. Restore: another process "
     "holds "
     "what was built from the image alone. Not a packet may leave meanwhile"},
    {"checkpoint(s of)? ours.*", When::always,
     "a checkpoint that leaves the program running, or fails, must not be felt by it"},
    {"nobody knows the key", When::always,
     "no image holds a key: who restores must have it, and who has not must be told"},
    {"the engine refuses ours by name, .*", When::always,
     "what cannot be restored is refused before anything is touched"},
};

const std::vector<Reason> options_and_listeners{
    {"ours (has|sets) (SO_[A-Z]+BUF|SO_REUSEADDR) .*|peer sets .*", When::always,
     "a restore changes it for its own ends and has to put back what was there"},
    {"ours (sets|chooses) .*", When::always,
     "an option that is not the default, so that it can be lost"},
    {"ours has (T|S|the).*", When::always,
     "the option is what its program has chosen, after a cut too"},
    {"ours (is (kept to its device|bound to .*|not bound)|is at the port .*)", When::always,
     "the binding is a part of the socket: the next connect or packet depends on it"},
    {"$ listens with .*", When::always,
     "what a listener is told before listen(2) is inherited by every connection that it accepts"},
    {"$ listens as it was told", When::always,
     "backlog, address and options are those that listen(2) was given"},
    {".* in the queue of listener", When::always,
     "clients that nobody has accepted are connections already: they believe that they are served"},
    {"$ accepts .*", When::always,
     "each client is accepted, by whom it came to and in the order in which it came"},
    {"member .* is told .*|the group chooses freely again", When::always,
     "which member of the group gets a client depends on the order in which they were bound"},
};

const std::vector<Reason> datagrams{
    {"$ speaks UDP.*", When::always,
     "a socket of datagrams is its address, its options and what has come to it; nobody answers "
     "for "
     "what is lost"},
    {"$ connects to .*, without a word|$ shuts down, and sends no more datagrams", When::always,
     "nothing of this is on the wire: only the socket knows it, and the image has to"},
    {"$ sends .* datagrams? of .*, in vain", When::always,
     "what comes to a closed gate, or from a stranger, is lost without a cut too: that is no fault "
     "of the engine's, and nobody must hear of it"},
    {"$ sends .* datagrams? of .*", When::before,
     "each has its own source, length, hop limit and traffic class, so that every one of them is "
     "known again; an empty one is a datagram too"},
    {"$ sends .* datagrams? of .*", When::after, "new datagrams come behind those of the queue"},
    {"$ cannot send to .*", When::always,
     "the kernel says at once why a datagram has not been sent, before a cut and behind it"},
    {"$ reads every datagram .*", When::always,
     "each once and in order, with all that the kernel tells of it; what is lost is noticed by "
     "nobody else"},
    {"$ is where it was told to be", When::always,
     "no packet tells whether a socket of datagrams is bound, and to whom it is connected"},
    {"$ begins a datagram .*|$ ends its datagram .*", When::always,
     "what is written of a datagram waits in the kernel, where no call reads it"},
    {"$ is told to give every datagram .*", When::always,
     "which member of the group gets a datagram depends on the order in which they were bound"},
    {"$ closes its socket of datagrams", When::always, "nothing of this is on the wire"},
};

const std::vector<Reason> choices{
    {"ours has .* sockets, each with options at random|$ sets options at random", When::always,
     "an option that is lost, or changed by another that was written behind it, is noticed by "
     "nobody but the program that relies on it"},
    {"ours closes each of these sockets", When::always, "nothing of this is on the wire"},
};

const std::vector<Reason> programs{
    {"the program (of ours sleeps|idles).*", When::always,
     "a program that sleeps in a system call is interrupted by a freezer, and must not notice"},
    {"the program('s call returns, once| sleeps on.*)|ours goes on", When::always,
     "it is woken by what the peer did, once, and by nothing that the checkpoint did"},
};

}  // namespace

const std::vector<Reason>& reason_table() {
  static const std::vector<Reason> all = [] {
    std::vector<Reason> joined;
    for (const auto* part : {&handshakes, &bytes, &counts, &errors, &states, &wire, &cuts,
                             &options_and_listeners, &datagrams, &choices, &programs}) {
      joined.insert(joined.end(), part->begin(), part->end());
    }
    for (const auto* part : {&reasons_of_other_kinds(), &reasons_of_timers()}) {
      joined.insert(joined.end(), part->begin(), part->end());
    }
    return joined;
  }();
  return all;
}

}  // namespace sockcr::scenario
