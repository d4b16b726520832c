#include "engine/image/image_rules.h"

#include <fmt/format.h>
#include <string_view>

#include "engine/image/address_rules.h"
#include "engine/image/field_rules.h"

namespace sockcr {
namespace {

// What is wrong with a holder of such a socket; empty where programs hold it.
std::string_view why_nobody_holds(const Socket& socket) {
  if (std::holds_alternative<TcpRequest>(socket)) return "a request has no descriptor";
  if (std::holds_alternative<TcpTimeWait>(socket)) return "a time-wait socket has no descriptor";
  const auto* const waiting = std::get_if<UnixSocket>(&socket);
  if (waiting != nullptr && waiting->listener != 0) return "nobody has accepted the connection";
  const auto* const c = std::get_if<TcpConnection>(&socket);
  if (c == nullptr) return "";
  switch (c->owner) {
    case Owner::program:
      return "";
    case Owner::listener:
      return "nobody has accepted the connection";
    case Owner::nobody:
      return "the connection is an orphan";
  }
  return "";
}

bool takes_address(const Address& listening, const Address& local) {
  if (listening.port != local.port) return false;
  if (!is_unspecified(listening)) return listening == local;
  return !is_mapped(listening) || is_mapped(local);  // ::ffff:0.0.0.0 takes IPv4 alone
}

// Children have the domain of their listener, those of an IPv4 client too.
template <class Kind>
bool takes(const TcpListener& listener, const Kind& waiting) {
  return listener.domain == waiting.domain && takes_address(listener.local, waiting.local);
}

template <class Kind>
std::string why_not_in_queue(const Image& image, const Kind& waiting) {
  const std::uint32_t number = waiting.listener;
  if (number == 0 || number > image.sockets.size()) {
    return fmt::format("{}, but the image has sockets 1..{}", number, image.sockets.size());
  }
  const Socket& named = image.sockets[number - 1];
  const auto* const listener = std::get_if<TcpListener>(&named);
  if (listener == nullptr) {
    return fmt::format("socket {} is a {}", number, name_of(scope_of(named)));
  }
  if (takes(*listener, waiting)) return "";
  return fmt::format("socket {}, {}, does not take what comes to {}", number, to_text(*listener),
                     to_text(waiting.local));
}

// Null where there is none of that number.
const UnixSocket* unix_socket_of(const Image& image, std::uint32_t number) {
  if (number == 0 || number > image.sockets.size()) return nullptr;
  return std::get_if<UnixSocket>(&image.sockets[number - 1]);
}

// A listener is nobody's peer, and connections of streams and packets have two ends.
std::string why_not_peer(const Image& image, std::size_t i, const UnixSocket& socket) {
  const UnixSocket* const peer = unix_socket_of(image, socket.peer);
  if (peer == nullptr) return fmt::format("socket {} is no unix socket", socket.peer);
  if (peer->type != socket.type || peer->listening) {
    return fmt::format("socket {}, {}, cannot be it", socket.peer, to_text(*peer));
  }
  if (socket.type == UnixType::dgram || peer->peer == i + 1) return "";
  return fmt::format("socket {} is connected to {}", socket.peer, peer->peer);
}

std::string why_not_waiting(const Image& image, const UnixSocket& socket) {
  const UnixSocket* const listener = unix_socket_of(image, socket.listener);
  if (listener == nullptr) return fmt::format("socket {} is no unix socket", socket.listener);
  const bool takes =
      listener->listening && listener->type == socket.type && listener->name == socket.name;
  if (takes) return "";
  return fmt::format("socket {}, {}, does not take it", socket.listener, to_text(*listener));
}

// Only what somebody has a descriptor of can be sent.
std::string why_not_carried(const Image& image, const UnixSocket& socket) {
  for (const UnixMessage& message : socket.queue) {
    for (const UnixRight& right : message.rights) {
      if (right.socket == 0 || right.socket > image.sockets.size()) {
        return fmt::format("{}, but the image has sockets 1..{}", right.socket,
                           image.sockets.size());
      }
      const std::string_view why = why_nobody_holds(image.sockets[right.socket - 1]);
      if (!why.empty()) return fmt::format("socket {}: {}", right.socket, why);
    }
  }
  return "";
}

std::optional<Fault> unix_fault(const Image& image, std::size_t i, const UnixSocket& socket) {
  if (socket.peer != 0) {
    if (auto why = why_not_peer(image, i, socket); !why.empty()) {
      return Fault{Scope::unix_socket, Attribute::peer, std::move(why)};
    }
  }
  if (socket.listener != 0) {
    if (auto why = why_not_waiting(image, socket); !why.empty()) {
      return Fault{Scope::unix_socket, Attribute::listener, std::move(why)};
    }
  }
  if (auto why = why_not_carried(image, socket); !why.empty()) {
    return Fault{Scope::unix_message, Attribute::right, std::move(why)};
  }
  return {};
}

}  // namespace

std::optional<Fault> Descriptors::claim(const SocketCircumstance& where) {
  if (auto fault = field_fault(where)) return fault;
  for (const Holder& holder : where.holders) {
    if (taken_.emplace(holder.pid, holder.descriptor).second) continue;
    return Fault{scope_of(where), Attribute::holder,
                 fmt::format("descriptor {} of process {} holds two sockets", holder.descriptor,
                             holder.pid)};
  }
  return {};
}

std::optional<Fault> holder_fault(const Socket& socket, const SocketCircumstance& where) {
  const std::string_view why = why_nobody_holds(socket);
  if (why.empty() || where.holders.empty()) return {};
  const Holder& holder = where.holders.front();
  return Fault{scope_of(where), Attribute::holder,
               fmt::format("{}, yet descriptor {} of process {} is one", why, holder.descriptor,
                           holder.pid)};
}

std::optional<Fault> file_fault(const Socket& socket, const SocketCircumstance& where) {
  const OpenFile* const file = open_file_of(socket);
  const bool owned = file != nullptr && file->owner != SignalOwner::nobody;
  if (owned != (where.owner_pid != 0)) {
    return Fault{scope_of(where), Attribute::owner_pid,
                 owned ? fmt::format("0 is no {}", to_text(file->owner))
                       : fmt::format("{}, yet nobody owns the socket", where.owner_pid)};
  }
  const std::string_view why = why_nobody_holds(socket);
  if (file == nullptr || *file == OpenFile{} || why.empty()) return {};
  return Fault{scope_of(socket), Attribute::file_flags,
               fmt::format("{}: there is no open file", why)};
}

std::optional<Fault> link_fault(const Image& image, std::size_t i) {
  const Socket& socket = image.sockets[i];
  if (const auto* const one = std::get_if<UnixSocket>(&socket)) return unix_fault(image, i, *one);
  std::string reason;
  if (const auto* const request = std::get_if<TcpRequest>(&socket)) {
    reason = why_not_in_queue(image, *request);
  }
  const auto* const child = std::get_if<TcpConnection>(&socket);
  if (child != nullptr && child->owner == Owner::listener) reason = why_not_in_queue(image, *child);
  if (reason.empty()) return {};
  return Fault{scope_of(socket), Attribute::listener, std::move(reason)};
}

}  // namespace sockcr
