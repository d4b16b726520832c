#include "engine/image/decode.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <algorithm>
#include <cstdint>
#include <map>

#include "engine/image/attribute_list.h"
#include "engine/image/image_error.h"
#include "engine/image/image_rules.h"
#include "engine/image/record_reader.h"
#include "engine/image/validate.h"

namespace sockcr {
namespace {

using Offsets = std::map<Attribute, std::size_t>;

// Null for a kind that receives none.
std::vector<Datagram>* datagrams_of(Socket& socket) {
  return std::visit(
      [](auto& kind) -> std::vector<Datagram>* {
        if constexpr (ReceivesDatagrams<std::remove_reference_t<decltype(kind)>>) {
          return &kind.queue;
        } else {
          return nullptr;
        }
      },
      socket);
}

class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> file) : reader_(file) {}
  Image run();

 private:
  void read_circumstance();
  bool take(const FoundRecord& record);  // false after the end record
  template <class Kind>
  void take_socket(const FoundRecord& record);
  Bytes& queue_of(const QueueChunk& chunk, const FoundRecord& record);
  void take_chunk(const FoundRecord& record);
  void take_datagram(const FoundRecord& record);
  void take_message(const FoundRecord& record);
  void take_where(const FoundRecord& record);
  void check_links();
  void take_end(const FoundRecord& record);

  AttributeList list(const FoundRecord& record);
  bool in_socket() const { return image_.where.size() < image_.sockets.size(); }
  std::size_t offset_of(Attribute attribute) const;
  void require_no(const std::optional<Fault>& fault) const;

  RecordReader reader_;
  Image image_;
  Descriptors descriptors_;
  Offsets offsets_;             // of the attributes seen since the socket began
  std::vector<Offsets> links_;  // of what names another socket, for each socket
};

AttributeList Decoder::list(const FoundRecord& record) {
  AttributeList attributes(record.rule->scope, record.attributes, record.offset + NLMSG_HDRLEN,
                           std::string(name_of(record.rule->scope)));
  for (const FoundAttribute& one : attributes.found()) {
    offsets_.try_emplace(one.rule->number, one.offset);
  }
  return attributes;
}

std::size_t Decoder::offset_of(Attribute attribute) const {
  const auto known = offsets_.find(attribute);
  return known != offsets_.end() ? known->second : reader_.offset();
}

// A fault among fields is told with the offset of the field that it names.
void Decoder::require_no(const std::optional<Fault>& fault) const {
  if (!fault) return;
  const AttributeRule& rule = rule_of(fault->attribute);
  throw ImageError(name_of(fault->scope), rule.name, offset_of(fault->attribute), fault->reason);
}

template <class Kind>
void Decoder::take_socket(const FoundRecord& record) {
  if (in_socket()) {
    throw ImageError(name_of(record.rule->scope), "", record.offset,
                     "the socket before it is not complete");
  }
  offsets_.clear();
  Kind socket;
  for_each_field(socket, list(record));
  image_.sockets.emplace_back(std::move(socket));
}

// Of a unix socket, what it has received last.
Bytes& Decoder::queue_of(const QueueChunk& chunk, const FoundRecord& record) {
  Socket& socket = image_.sockets.back();
  if (auto* const connection = std::get_if<TcpConnection>(&socket)) {
    return chunk.queue == QueueKind::send ? connection->send_queue : connection->receive_queue;
  }
  auto* const unix_socket = std::get_if<UnixSocket>(&socket);
  if (unix_socket == nullptr) {
    throw ImageError("queue_chunk", "", record.offset,
                     fmt::format("a {} has no queues", name_of(scope_of(socket))));
  }
  if (unix_socket->queue.empty() || chunk.queue == QueueKind::send) {
    throw ImageError("queue_chunk", "queue", record.offset, "belongs to no message");
  }
  return unix_socket->queue.back().payload;
}

void Decoder::take_chunk(const FoundRecord& record) {
  if (!in_socket()) throw ImageError("queue_chunk", "", record.offset, "belongs to no socket");
  QueueChunk chunk;
  for_each_field(chunk, list(record));
  Bytes& queue = queue_of(chunk, record);
  if (chunk.offset != queue.size()) {
    throw ImageError("queue_chunk", "offset", record.offset,
                     fmt::format("{}, but {} bytes come before it", chunk.offset, queue.size()));
  }
  queue.insert(queue.end(), chunk.payload.begin(), chunk.payload.end());
}

void Decoder::take_datagram(const FoundRecord& record) {
  if (!in_socket()) throw ImageError("datagram", "", record.offset, "belongs to no socket");
  std::vector<Datagram>* const queue = datagrams_of(image_.sockets.back());
  if (queue == nullptr) {
    throw ImageError("datagram", "", record.offset,
                     fmt::format("a {} receives none", name_of(scope_of(image_.sockets.back()))));
  }
  for_each_field(queue->emplace_back(), list(record));
}

void Decoder::take_message(const FoundRecord& record) {
  if (!in_socket()) throw ImageError("unix_message", "", record.offset, "belongs to no socket");
  auto* const socket = std::get_if<UnixSocket>(&image_.sockets.back());
  if (socket == nullptr) {
    throw ImageError("unix_message", "", record.offset,
                     fmt::format("a {} receives none", name_of(scope_of(image_.sockets.back()))));
  }
  for_each_field(socket->queue.emplace_back(), list(record));
}

void Decoder::take_where(const FoundRecord& record) {
  if (!in_socket()) {
    throw ImageError("socket_circumstance", "", record.offset, "belongs to no socket");
  }
  SocketCircumstance where;
  for_each_field(where, list(record));
  require_no(find_fault(image_.sockets.back()));
  require_no(holder_fault(image_.sockets.back(), where));
  require_no(file_fault(image_.sockets.back(), where));
  require_no(descriptors_.claim(where));
  image_.where.push_back(std::move(where));
  Offsets& links = links_.emplace_back();
  for (const Attribute link : {Attribute::listener, Attribute::peer, Attribute::right}) {
    links[link] = offset_of(link);
  }
}

// A socket may stand behind another that names it.
void Decoder::check_links() {
  for (std::size_t i = 0; i < image_.sockets.size(); ++i) {
    offsets_ = links_[i];
    require_no(link_fault(image_, i));
  }
}

void Decoder::take_end(const FoundRecord& record) {
  const std::uint32_t before = reader_.passed() - 1;
  End end;
  for_each_field(end, list(record));
  if (in_socket()) throw ImageError("end", "", record.offset, "the last socket is not complete");
  if (end.records != before) {
    throw ImageError("end", "records", record.offset,
                     fmt::format("{}, but {} came before", end.records, before));
  }
  if (end.sockets != image_.sockets.size()) {
    throw ImageError("end", "sockets", record.offset,
                     fmt::format("{}, but {} came before", end.sockets, image_.sockets.size()));
  }
  check_links();
}

bool Decoder::take(const FoundRecord& record) {
  switch (record.rule->number) {
    case Record::circumstance:
      throw ImageError("circumstance", "", record.offset, "stands here twice");
    case Record::tcp_connection:
      take_socket<TcpConnection>(record);
      return true;
    case Record::tcp_listener:
      take_socket<TcpListener>(record);
      return true;
    case Record::tcp_syn_sent:
      take_socket<TcpSynSent>(record);
      return true;
    case Record::tcp_request:
      take_socket<TcpRequest>(record);
      return true;
    case Record::tcp_time_wait:
      take_socket<TcpTimeWait>(record);
      return true;
    case Record::tcp_unconnected:
      take_socket<TcpUnconnected>(record);
      return true;
    case Record::udp_socket:
      take_socket<UdpSocket>(record);
      return true;
    case Record::raw_socket:
      take_socket<RawSocket>(record);
      return true;
    case Record::unix_socket:
      take_socket<UnixSocket>(record);
      return true;
    case Record::unix_message:
      take_message(record);
      return true;
    case Record::queue_chunk:
      take_chunk(record);
      return true;
    case Record::datagram:
      take_datagram(record);
      return true;
    case Record::socket_circumstance:
      take_where(record);
      return true;
    case Record::end:
      take_end(record);
      return false;
  }
  return false;
}

void Decoder::read_circumstance() {
  const auto record = reader_.next();
  if (!record || record->rule->number != Record::circumstance) {
    throw ImageError("circumstance", "", image_magic.size(), "does not come first");
  }
  for_each_field(image_.circumstance, list(*record));
}

Image Decoder::run() {
  read_circumstance();
  for (bool more = true; more;) {
    const auto record = reader_.next();
    if (!record)
      throw ImageError("end", "", reader_.offset(), "is missing: the file was cut short");
    more = take(*record);
  }
  if (!reader_.at_end()) {
    throw ImageError("end", "", reader_.offset(), "something follows the last record");
  }
  return std::move(image_);
}

}  // namespace

Image decode(std::span<const std::uint8_t> file) {
  // Attributes are read in place, as words.
  if (reinterpret_cast<std::uintptr_t>(file.data()) % NLMSG_ALIGNTO != 0) {
    const Bytes aligned(file.begin(), file.end());
    return Decoder(aligned).run();
  }
  return Decoder(file).run();
}

}  // namespace sockcr
