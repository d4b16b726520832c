// A rebuild as a list of values. Making the list knows TCP and touches nothing; performing it makes
// the calls and knows nothing. The trace prints the list, tests step through it and edit it.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/image/tcp_connection.h"
#include "engine/options/table.h"
#include "engine/process/md5_key.h"
#include "engine/tcp/repair.h"
#include "engine/tcp/segment.h"

namespace sockcr {

namespace action {

struct MakeSocket {
  int domain;
};
struct WriteOption {
  OptionValue value;
};
// Before anything is sent: connect reserves room for the signature. From here on what the engine
// sends itself, in either name, is signed too.
struct SignWith {
  Md5Key key;
};
// IPV6_V6ONLY off, or bind refuses a mapped address where net.ipv6.bindv6only is set. (The option
// itself is not kept: binding to any other IPv6 address turns it on, net/ipv6/af_inet6.c.)
struct AllowMapped {};
struct EnterRepair {
  Reuse reuse = Reuse::force;
};
struct Bind {
  Address local;
  bool even_if_gone = false;  // by IP_FREEBIND: no interface needs to have the address
};
struct SetSequence {
  RepairQueue queue;
  Sequence sequence;
};
// TCP_MAXSEG, before connect: connect computes the segment size from it, and does not again when
// the negotiated limit is written later. 0 takes the limit back.
struct LimitMss {
  int bytes;
};
struct Connect {
  Address remote;
};
struct SetNegotiated {
  Negotiated negotiated;
};
struct SetClock {
  TimestampClock clock;
};
// Bytes received and not read, or sent and not acknowledged. The bytes are the connection's own. Of
// the send queue: `urgent` of them up to the urgent one and with it, 0 where none is.
struct FillQueue {
  RepairQueue queue;
  std::span<const std::uint8_t> bytes;
  std::size_t urgent = 0;
};
// The urgent byte of the receive queue has been returned by MSG_OOB.
struct TakeUrgent {};
struct SetWindow {
  Window window;
};
// The kernel believes that the FIN has been sent (in repair mode with the send queue selected), or
// it tries to send it and the gate refuses, so that it stays unsent.
struct ShutDownWrite {
  bool fin_counts_as_sent;
};
struct ShutDownRead {};
// A segment in the peer's name.
struct Forge {
  Segment segment;
};
// Outside repair mode, into the closed gate, which answers EPERM: queued, never sent.
struct WriteUnsent {
  std::span<const std::uint8_t> bytes;
  std::size_t urgent = 0;  // as of FillQueue
};
// Behind all that the engine forges itself, which it might drop.
struct AttachFilter {
  SocketFilter filter;
};
// The state that was reached must be the one that was taken.
struct Verify {
  const TcpConnection* wanted;
};
struct Listen {
  std::uint32_t backlog;
};
// connect(2) outside repair mode and without waiting: a SYN of the kernel's own, into the closed
// gate.
struct ConnectAloud {
  Address remote;
};
// After ConnectAloud: the clock by which the SYN just made bears `first`, or a little less.
struct FollowFirstSyn {
  std::uint32_t first;
  bool microseconds;
};
// Until the clock stands behind `last`: from then on the socket may be asked about any SYN.
struct AwaitClock {
  std::uint32_t last;
};
// TCP_LINGER2: how long it stays in FIN_WAIT2 once it is let go.
struct LingerFor {
  int seconds;
};
// Gives up the descriptor, and the socket lives on: an orphan, a time-wait socket.
struct LetGo {};
// A socket that no descriptor refers to is there, by sock_diag.
struct Expect {
  Address local, remote;
  TcpState state;
  std::uint32_t unread;  // rcv_nxt - copied_seq
};

struct LeaveRepair {
  WindowProbe probe;
};
// A forged bare ACK that tells nothing new: it makes the socket send what it has not sent yet. Left
// out when everything is acknowledged by now, for a socket may be gone then.
struct Poke {
  const TcpConnection* connection;
  Segment segment;
};
// A segment in front of snd_una, in our own name, as TCP's own probes are: the peer answers at once
// with the number that it expects. Waits for the answer, 200 ms at the most. Left out when the
// socket has begun to send, or is done.
struct Ask {
  const TcpConnection* connection;
};
// The payload, from snd_una on, and the FIN behind it once more, in our own name: what TCP's
// retransmission would send, without its timer; what is acknowledged by now is left out. Without
// payload and FIN it is a bare ACK.
struct Resend {
  const TcpConnection* connection;
  std::span<const std::uint8_t> payload;
  bool fin;
};

}  // namespace action

using Action =
    std::variant<action::MakeSocket, action::WriteOption, action::SignWith, action::AllowMapped,
                 action::EnterRepair, action::Bind, action::SetSequence, action::LimitMss,
                 action::Connect, action::SetNegotiated, action::SetClock, action::FillQueue,
                 action::TakeUrgent, action::SetWindow, action::ShutDownWrite, action::ShutDownRead,
                 action::Forge, action::WriteUnsent, action::AttachFilter, action::Verify,
                 action::Listen, action::ConnectAloud, action::FollowFirstSyn, action::AwaitClock,
                 action::LingerFor, action::LetGo, action::Expect, action::LeaveRepair,
                 action::Poke, action::Ask, action::Resend>;
using Plan = std::vector<Action>;

// Adds the options of `phase`, in the table's order.
void add_options(Plan& plan, const std::vector<OptionValue>& options, OptionPhase phase);
// The last of a build: the program's filter, if it has one, and the options of the last phase,
// which lock it.
void add_filter(Plan& plan, const SocketFilter& filter, const std::vector<OptionValue>& options);

std::string to_text(const Action& action);

}  // namespace sockcr
