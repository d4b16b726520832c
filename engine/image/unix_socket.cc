#include "engine/image/unix_socket.h"

#include <fmt/format.h>

namespace sockcr {
namespace {

std::string as_text(UnixName::const_iterator from, UnixName::const_iterator to) {
  std::string text;
  for (; from != to; ++from) {
    const bool printable = *from >= 0x20 && *from <= 0x7e;
    text += printable ? std::string(1, static_cast<char>(*from)) : fmt::format("\\x{:02x}", *from);
  }
  return text;
}

}  // namespace

std::string name_text(const UnixName& name) {
  if (name.empty()) return "without a name";
  if (name.front() == 0) return "@" + as_text(name.begin() + 1, name.end());
  return as_text(name.begin(), name.end());
}

bool is_path(const UnixName& name) { return !name.empty() && name.front() != 0; }

std::string to_text(const Credentials& who) {
  return fmt::format("pid {}, uid {}, gid {}", who.pid, static_cast<std::int32_t>(who.uid),
                     static_cast<std::int32_t>(who.gid));
}

std::string to_text(const UnixMessage& message) {
  std::string text =
      fmt::format("{} byte{}", message.payload.size(), message.payload.size() == 1 ? "" : "s");
  if (message.out_of_band) text += " out of band";
  if (!message.sender.empty()) text += " from " + name_text(message.sender);
  if (message.has_credentials) text += ", " + to_text(message.credentials);
  for (std::size_t i = 0; i < message.rights.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? ", with socket " : ", ", message.rights[i].socket);
  }
  return text;
}

std::string_view to_text(UnixType type) {
  switch (type) {
    case UnixType::stream:
      return "stream";
    case UnixType::dgram:
      return "dgram";
    case UnixType::seqpacket:
      return "seqpacket";
  }
  return "?";
}

std::string to_text(const UnixSocket& socket) {
  return fmt::format("unix {} {}{}", to_text(socket.type), name_text(socket.name),
                     socket.listening ? " LISTEN" : "");
}

bool is_connected(const UnixSocket& socket) { return socket.peer != 0 || socket.peer_gone; }

void renumber(UnixSocket& socket, const std::vector<std::uint32_t>& numbers) {
  const auto change = [&](std::uint32_t& number) {
    if (number != 0 && number <= numbers.size()) number = numbers[number - 1];
  };
  change(socket.peer);
  change(socket.listener);
  for (UnixMessage& message : socket.queue) {
    for (UnixRight& right : message.rights) change(right.socket);
  }
}

}  // namespace sockcr
