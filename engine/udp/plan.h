// A rebuild of a UDP socket as a list of values, as engine/tcp/plan.h is for TCP.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/image/udp_socket.h"
#include "engine/options/table.h"
#include "engine/udp/forge.h"

namespace sockcr {

namespace udp_action {

struct MakeSocket {
  int domain, type, protocol;
};
struct WriteOption {
  OptionValue value;
  SocketKinds kind;
};
// A filter that drops what does not bear the engine's mark: nothing that comes by itself gets
// between what is put back. Before bind, where nothing comes yet.
struct AcceptMarkedOnly {};
// Where it stands filled and others are not: what was sent to a group reaches all of its members.
struct AcceptNothing {};
struct AcceptAll {};
struct AttachFilter {
  SocketFilter filter;  // the program's own, in the place of ours
};
// The receive buffer is made large enough for so many datagrams with so many bytes; what SO_RCVBUF
// was is written later.
struct MakeRoom {
  std::size_t datagrams, bytes;
};
struct Bind {
  Address local;  // without a port by IP_BIND_ADDRESS_NO_PORT; by IP_FREEBIND: no interface needs
                  // to have the address
};
// A raw socket has no port. By IP_FREEBIND too.
struct BindHost {
  Address local;
};
struct Join {
  Membership membership;
};
// A member hears its sources only, or all but them, when it has again what it had heard before.
struct FilterSources {
  Membership membership;
};
struct Drain {};
// Each once more, in its sender's name, and awaited. In a SO_REUSEPORT group a program gives them
// to this member for the while.
struct PutBack {
  std::span<const Datagram> datagrams;
  Transport transport;
  bool in_a_group;
};
// Of one that is bound to a wildcard connect(2) chooses the address: it has to be `local`.
struct Connect {
  Address remote, local;
};
struct ConnectHost {
  Address remote, local;
};
// Begins a datagram that is not sent, as the program did.
struct Cork {
  Datagram datagram;
};
struct ShutDown {
  bool receive, send;
};

}  // namespace udp_action

using UdpAction =
    std::variant<udp_action::MakeSocket, udp_action::WriteOption, udp_action::AcceptMarkedOnly,
                 udp_action::AcceptNothing, udp_action::AcceptAll, udp_action::AttachFilter,
                 udp_action::MakeRoom, udp_action::Bind, udp_action::BindHost, udp_action::Join,
                 udp_action::FilterSources, udp_action::Drain, udp_action::PutBack,
                 udp_action::Connect, udp_action::ConnectHost, udp_action::Cork,
                 udp_action::ShutDown>;
using UdpPlan = std::vector<UdpAction>;

// `defaults`: the options of a new socket of the same kind (options_of_new_udp_socket). The socket
// must outlive the plan. What shares a port is built in the order of rank_of, members of a group in
// that of their places: each is filled while no other takes what is sent to it.
UdpPlan plan_build(const UdpSocket& socket, const std::vector<OptionValue>& defaults);
// Once all sockets of the image are built.
UdpPlan plan_complete(const UdpSocket& socket, const std::vector<OptionValue>& defaults);
// For a socket as it stands: what peeking hid is visible again.
UdpPlan plan_refresh(const UdpSocket& socket);

SocketKinds kind_of(const UdpSocket& socket);
std::vector<OptionValue> options_of_new_udp_socket(int domain, bool lite);

// 0 at a wildcard address, 1 at one of its own, 2 connected: the kernel prefers the higher one.
unsigned rank_of(const UdpSocket& socket);

// What plans of sockets of datagrams have in common.
void add_options(UdpPlan& plan, const std::vector<OptionValue>& options, OptionPhase phase,
                 SocketKinds kind);
udp_action::MakeRoom room_for(const std::vector<Datagram>& queue);
// From the last to the first, and each heard by all sources as long as the queue has to be filled.
void add_joins(UdpPlan& plan, const std::vector<Membership>& all,
               const std::vector<Datagram>& queue);
void add_source_filters(UdpPlan& plan, const std::vector<Membership>& all,
                        const std::vector<Datagram>& queue);
// The program's filter, or none.
void add_own_filter(UdpPlan& plan, const SocketFilter& filter);

std::string to_text(const UdpAction& action);

}  // namespace sockcr
