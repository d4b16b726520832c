#include "engine/image/records.h"

#include <algorithm>

namespace sockcr {
namespace {

constexpr std::array records{
    RecordRule{Record::end, Scope::end},
    RecordRule{Record::circumstance, Scope::circumstance},
    RecordRule{Record::socket_circumstance, Scope::socket_circumstance},
    RecordRule{Record::tcp_connection, Scope::tcp_connection},
    RecordRule{Record::queue_chunk, Scope::queue_chunk},
    RecordRule{Record::tcp_listener, Scope::tcp_listener},
    RecordRule{Record::tcp_syn_sent, Scope::tcp_syn_sent},
    RecordRule{Record::tcp_request, Scope::tcp_request},
    RecordRule{Record::tcp_time_wait, Scope::tcp_time_wait},
    RecordRule{Record::tcp_unconnected, Scope::tcp_unconnected},
    RecordRule{Record::udp_socket, Scope::udp_socket},
    RecordRule{Record::datagram, Scope::datagram},
    RecordRule{Record::unix_socket, Scope::unix_socket},
    RecordRule{Record::unix_message, Scope::unix_message},
    RecordRule{Record::raw_socket, Scope::raw_socket},
};

}  // namespace

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::end:
      return "end";
    case Scope::circumstance:
      return "circumstance";
    case Scope::socket_circumstance:
      return "socket_circumstance";
    case Scope::tcp_connection:
      return "tcp_connection";
    case Scope::queue_chunk:
      return "queue_chunk";
    case Scope::address:
      return "address";
    case Scope::option:
      return "option";
    case Scope::holder:
      return "holder";
    case Scope::tcp_listener:
      return "tcp_listener";
    case Scope::tcp_syn_sent:
      return "tcp_syn_sent";
    case Scope::tcp_request:
      return "tcp_request";
    case Scope::tcp_time_wait:
      return "tcp_time_wait";
    case Scope::tcp_unconnected:
      return "tcp_unconnected";
    case Scope::signed_peer:
      return "signed_peer";
    case Scope::udp_socket:
      return "udp_socket";
    case Scope::datagram:
      return "datagram";
    case Scope::unix_socket:
      return "unix_socket";
    case Scope::unix_message:
      return "unix_message";
    case Scope::unix_right:
      return "unix_right";
    case Scope::raw_socket:
      return "raw_socket";
    case Scope::membership:
      return "membership";
  }
  return "?";
}

const RecordRule* find_record(std::uint16_t number) {
  for (const RecordRule& rule : records) {
    if (static_cast<std::uint16_t>(rule.number) == number) return &rule;
  }
  return nullptr;
}

Record record_of(Scope scope) {
  return std::find_if(records.begin(), records.end(),
                      [&](const RecordRule& rule) { return rule.scope == scope; })
      ->number;
}

}  // namespace sockcr
