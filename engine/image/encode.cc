#include "engine/image/encode.h"

#include <algorithm>

#include "engine/image/image_error.h"
#include "engine/image/record_writer.h"

namespace sockcr {
namespace {

constexpr std::size_t fixed_part = 2048;  // more than all fields of fixed size of any record
constexpr std::size_t per_option = 64;    // an option's framing, level and number
constexpr std::size_t per_holder = 64;
constexpr std::size_t per_right = 16;
constexpr std::size_t per_signed_peer = 80;
constexpr std::size_t per_membership = 160, per_source = 64, per_datagram = 256;

template <class Value>
std::uint32_t append(Bytes& file, const Value& value, std::size_t variable_part) {
  RecordWriter writer(scope_of(value), fixed_part + variable_part);
  for_each_field(value, writer);
  writer.append_to(file);
  return 1;
}

std::uint32_t append_queue(Bytes& file, QueueKind kind, std::span<const std::uint8_t> queue) {
  std::uint32_t records = 0;
  for (std::size_t offset = 0; offset < queue.size(); offset += max_chunk) {
    const auto payload =
        queue.subspan(offset, std::min<std::size_t>(max_chunk, queue.size() - offset));
    const QueueChunk chunk{kind, static_cast<std::uint32_t>(offset), payload};
    records += append(file, chunk, payload.size());
  }
  return records;
}

std::size_t length_of(const std::vector<OptionValue>& options) {
  std::size_t length = 0;
  for (const OptionValue& option : options) length += per_option + option.value.size();
  return length;
}

std::size_t length_of(const std::vector<SignedPeer>& peers) {
  return per_signed_peer * peers.size();
}

std::size_t length_of(const std::vector<Membership>& memberships) {
  std::size_t length = 0;
  for (const Membership& one : memberships)
    length += per_membership + per_source * one.sources.size();
  return length;
}

template <class Kind>
std::size_t variable_part(const Kind& socket) {
  std::size_t length = 0;
  if constexpr (requires { socket.options; }) length += length_of(socket.options);
  if constexpr (requires { socket.signed_peers; }) length += length_of(socket.signed_peers);
  if constexpr (requires { socket.filter; }) length += socket.filter.code.size();
  if constexpr (requires { socket.memberships; }) length += length_of(socket.memberships);
  if constexpr (requires { socket.corked; }) {
    for (const Datagram& one : socket.corked) length += per_datagram + one.payload.size();
  }
  return length;
}

template <class Kind>
std::uint32_t append_state(Bytes& file, const Kind& socket) {
  std::uint32_t records = append(file, socket, variable_part(socket));
  if constexpr (ReceivesDatagrams<Kind>) {
    for (const Datagram& one : socket.queue) records += append(file, one, one.payload.size());
  }
  return records;
}

std::uint32_t append_state(Bytes& file, const TcpConnection& c) {
  return append(file, c, c.window.extension.size() + variable_part(c)) +
         append_queue(file, QueueKind::receive, c.receive_queue) +
         append_queue(file, QueueKind::send, c.send_queue);
}

std::uint32_t append_message(Bytes& file, const UnixMessage& message) {
  return append(file, message, per_right * message.rights.size()) +
         append_queue(file, QueueKind::receive, message.payload);
}

std::uint32_t append_state(Bytes& file, const UnixSocket& socket) {
  std::uint32_t records =
      append(file, socket, socket.node.directory.size() + variable_part(socket));
  for (const UnixMessage& one : socket.queue) records += append_message(file, one);
  return records;
}

std::uint32_t append_state(Bytes& file, const Socket& socket) {
  return std::visit([&](const auto& kind) { return append_state(file, kind); }, socket);
}

}  // namespace

Bytes encode(const Image& image) {
  if (image.where.size() != image.sockets.size()) {
    throw ImageError("end", "sockets", {},
                     "every socket needs its circumstance, in the same order");
  }
  Bytes file(image_magic.begin(), image_magic.end());
  End end{.records = 0, .sockets = static_cast<std::uint32_t>(image.sockets.size())};
  end.records += append(file, image.circumstance, 0);
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    end.records += append_state(file, image.sockets[i]);
    end.records += append(file, image.where[i], per_holder * image.where[i].holders.size());
  }
  append(file, end, 0);
  return file;
}

Bytes encode_state(const Socket& socket) {
  Bytes state;
  append_state(state, socket);
  return state;
}

}  // namespace sockcr
