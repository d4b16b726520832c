// A rebuild of a UDP socket as a list of values, as engine/tcp/plan.h is for TCP.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/image/udp_socket.h"
#include "engine/options/table.h"

namespace sockcr {

namespace udp_action {

struct MakeSocket {
  int domain;
  bool lite;
};
struct WriteOption {
  OptionValue value;
  SocketKinds kind;
};
// A filter that drops what does not bear the engine's mark: nothing that comes by itself gets
// between what is put back. Before bind, where nothing comes yet.
struct AcceptMarkedOnly {};
struct AcceptAll {};
// The receive buffer is made large enough for so many datagrams with so many bytes; what SO_RCVBUF
// was is written later.
struct MakeRoom {
  std::size_t datagrams, bytes;
};
struct Bind {
  Address local;  // without a port by IP_BIND_ADDRESS_NO_PORT; by IP_FREEBIND: no interface needs
                  // to have the address
};
struct Drain {};
// Each once more, in its sender's name, and awaited. In a SO_REUSEPORT group a program gives them
// to this member for the while.
struct PutBack {
  std::span<const Datagram> datagrams;
  bool lite;
  bool in_a_group;
};
// Of one that is bound to a wildcard connect(2) chooses the address: it has to be `local`.
struct Connect {
  Address remote, local;
};
struct ShutDown {
  bool receive, send;
};

}  // namespace udp_action

using UdpAction =
    std::variant<udp_action::MakeSocket, udp_action::WriteOption, udp_action::AcceptMarkedOnly,
                 udp_action::AcceptAll, udp_action::MakeRoom, udp_action::Bind, udp_action::Drain,
                 udp_action::PutBack, udp_action::Connect, udp_action::ShutDown>;
using UdpPlan = std::vector<UdpAction>;

// `defaults`: the options of a new socket of the same kind (options_of_new_udp_socket). The socket
// must outlive the plan. What shares a port is built in the order of rank_of, members of a group in
// that of their places: each is filled while no other takes what is sent to it.
UdpPlan plan_build(const UdpSocket& socket, const std::vector<OptionValue>& defaults);
// For a socket as it stands: what peeking hid is visible again.
UdpPlan plan_refresh(const UdpSocket& socket);

SocketKinds kind_of(const UdpSocket& socket);
std::vector<OptionValue> options_of_new_udp_socket(int domain, bool lite);

// 0 at a wildcard address, 1 at one of its own, 2 connected: the kernel prefers the higher one.
unsigned rank_of(const UdpSocket& socket);

std::string to_text(const UdpAction& action);

}  // namespace sockcr
