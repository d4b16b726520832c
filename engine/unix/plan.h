// A rebuild of the unix sockets of an image as lists of values, as engine/tcp/plan.h is for TCP.
//
// Sockets are named by their numbers in the image, from 1. Numbers behind those are of sockets that
// are needed for a while: a peer that has gone, a sender that nobody of the image is, a listener
// that is not there any more.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/image/image.h"
#include "engine/options/table.h"

namespace sockcr {

namespace unix_action {

struct MakeSocket {
  std::uint32_t socket;
  UnixType type;
};
struct MakePair {  // socketpair(2), by somebody
  std::uint32_t one, other;
  UnixType type;
  Credentials as;
};
struct WriteOption {
  std::uint32_t socket;
  OptionValue value;
  SocketKinds kind;
};
// Where a dead socket's node is in the way it goes; what is in the way of an unlinked one stays.
struct Bind {
  std::uint32_t socket;
  UnixName name;
  UnixNode node;
};
struct Listen {
  std::uint32_t socket, backlog;
  Credentials as;
};
struct Connect {
  std::uint32_t socket, to;
  Credentials as;
};
struct Accept {
  std::uint32_t listener, socket;
};
// Who sends is charged for what is not read: SO_SNDBUF is made large enough; what it was is written
// later.
struct MakeRoom {
  std::uint32_t sender;
  std::size_t messages, bytes;
};
struct Send {
  std::uint32_t from, to;
  std::span<const UnixMessage> messages;
};
// Its peer leaves it unread: who is connected to it is told ECONNRESET when it closes.
struct LeaveUnread {
  std::uint32_t from;
};
struct Close {
  std::uint32_t socket;
};
struct ShutDown {
  std::uint32_t socket;
  bool receive, send;
};
// Behind all that was put back, which it might drop.
struct AttachFilter {
  std::uint32_t socket;
  SocketFilter filter;
};

}  // namespace unix_action

using UnixAction =
    std::variant<unix_action::MakeSocket, unix_action::MakePair, unix_action::WriteOption,
                 unix_action::Bind, unix_action::Listen, unix_action::Connect, unix_action::Accept,
                 unix_action::MakeRoom, unix_action::Send, unix_action::LeaveUnread,
                 unix_action::Close, unix_action::ShutDown, unix_action::AttachFilter>;
using UnixPlan = std::vector<UnixAction>;

// Of one socket. Each part is performed for all sockets of the image before the next: listeners
// first, then in the image's order.
struct UnixPlans {
  UnixPlan make;    // it is there, has its name and who is connected to it by a pair of ends
  UnixPlan fill;    // its queue, which may carry any socket of the image
  UnixPlan join;    // datagrams find whom they are sent to, and clients wait to be accepted
  UnixPlan finish;  // what ends something, and what limits it
};

// One for each socket of the image, empty for other kinds; the image must outlive them. Throws
// Unsupported, by name, for what cannot be built as it was.
std::vector<UnixPlans> plan_unix(const Image& image);

std::string to_text(const UnixAction& action);

}  // namespace sockcr
