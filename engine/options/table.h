// The option table: what a socket carries besides its protocol's state, as data.
//
// An option is written back only where it differs from what a new socket of the target machine has,
// so a default costs nothing and pollutes nothing.
#pragma once

#include <sys/socket.h>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/image/tcp_connection.h"

namespace sockcr {

// When in a rebuild an option may be written, in this order. Connecting changes nothing about a
// socket of datagrams: it has its options of the first two phases before it is bound.
enum class OptionPhase : std::uint8_t {
  fresh,      // before bind: what the handshake or the hash tables would use
  connected,  // after the connection exists, before its queues are filled
  filled,     // after the queues: what limits them, or acts on them
  complete,   // last: of a listener, after what waits in its queues
};

// Which sockets have the option for their own: others inherit it, or it means something else there.
enum class OptionUse : std::uint8_t {
  every,
  unconnected,  // listeners, and sockets that were never connected
};

// Which kinds of sockets have the option: a set.
using SocketKinds = std::uint8_t;
namespace socket_kind {
inline constexpr SocketKinds tcp = 1, udp = 2, udp_lite = 4, raw = 8;
inline constexpr SocketKinds unix_stream = 16, unix_dgram = 32, unix_seqpacket = 64;
inline constexpr SocketKinds datagram = udp | udp_lite, inet = tcp | datagram | raw;
inline constexpr SocketKinds unix_socket = unix_stream | unix_dgram | unix_seqpacket;
inline constexpr SocketKinds every_kind = inet | unix_socket;
}  // namespace socket_kind

// How a written value relates to the one that was read.
enum class OptionForm : std::uint8_t {
  plain,
  moved,    // connecting, repair mode or another option changes it: a new socket's value tells
            // nothing
  doubled,  // moved, and the kernel doubles what is written and may want privilege for it
};

struct OptionRow {
  SocketKinds kinds;
  int level;
  int number;
  std::string_view name;
  socklen_t size;  // bytes; for a string the most that is read
  OptionPhase phase;
  OptionForm form = OptionForm::plain;
  int domain = AF_UNSPEC;  // AF_INET6: exists on IPv6 sockets only
  OptionUse use = OptionUse::every;
};

// In the order in which options of one phase are written.
std::span<const OptionRow> option_table();
const OptionRow* find_option(int level, int number);

// "SO_KEEPALIVE=1", "TCP_CONGESTION=reno", "SO_LINGER=1,5"; numbers for an option of another table.
std::string to_text(const OptionValue& value);

// Every option of the table that this kernel knows on `socket`, of TCP, in the table's order; with
// OptionUse::every only those that a connection has for its own. No privilege.
std::vector<OptionValue> read_options(int socket, int domain, OptionUse use = OptionUse::every);
// The same, of one kind.
std::vector<OptionValue> read_options(int socket, int domain, SocketKinds kind,
                                      OptionUse use = OptionUse::unconnected);

// Those of `values` that a new socket does not have: `fresh` is read_options of one. What
// connecting itself changes is always among them.
std::vector<OptionValue> without_defaults(const std::vector<OptionValue>& values,
                                          const std::vector<OptionValue>& fresh);

// Writes `value` unless the socket has it already. What needs rights over the machine (rights.h) is
// written as far as an ordinary user may; what is missing then is returned, in words:
// "SO_SNDBUF=425984 is 212992: more needs CAP_NET_ADMIN in the initial user namespace". Empty when
// nothing is. Throws SystemError for everything else.
[[nodiscard]] std::string write_option(int socket, const OptionRow& row, const OptionValue& value,
                                       SocketKinds kind = socket_kind::tcp);

}  // namespace sockcr
