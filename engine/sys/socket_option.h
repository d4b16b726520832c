// Socket options that cannot be given the wrong length: the value's type belongs to the option.
#pragma once

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/sys/call.h"

namespace sockcr {

template <class Value>
struct SocketOption {
  int level;
  int number;
  std::string_view name;  // as in the manual page, for traces and errors
};

namespace option {
inline constexpr SocketOption<int> domain{SOL_SOCKET, SO_DOMAIN, "SO_DOMAIN"};
inline constexpr SocketOption<int> type{SOL_SOCKET, SO_TYPE, "SO_TYPE"};
inline constexpr SocketOption<int> protocol{SOL_SOCKET, SO_PROTOCOL, "SO_PROTOCOL"};
inline constexpr SocketOption<int> error{SOL_SOCKET, SO_ERROR, "SO_ERROR"};
inline constexpr SocketOption<int> mark{SOL_SOCKET, SO_MARK, "SO_MARK"};
inline constexpr SocketOption<int> reuse_address{SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"};
inline constexpr SocketOption<int> out_of_band_inline{SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE"};
inline constexpr SocketOption<int> peek_offset{SOL_SOCKET, SO_PEEK_OFF, "SO_PEEK_OFF"};
inline constexpr SocketOption<int> receive_buffer{SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF"};
inline constexpr SocketOption<int> send_buffer{SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF"};
inline constexpr SocketOption<int> receive_buffer_force{SOL_SOCKET, SO_RCVBUFFORCE,
                                                        "SO_RCVBUFFORCE"};
inline constexpr SocketOption<int> send_buffer_force{SOL_SOCKET, SO_SNDBUFFORCE, "SO_SNDBUFFORCE"};
inline constexpr SocketOption<int> free_bind{IPPROTO_IP, IP_FREEBIND, "IP_FREEBIND"};
inline constexpr SocketOption<int> v6_only{IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"};
inline constexpr SocketOption<int> no_delay{IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"};
inline constexpr SocketOption<int> repair{IPPROTO_TCP, TCP_REPAIR, "TCP_REPAIR"};
inline constexpr SocketOption<int> repair_queue{IPPROTO_TCP, TCP_REPAIR_QUEUE, "TCP_REPAIR_QUEUE"};
inline constexpr SocketOption<std::uint32_t> queue_seq{IPPROTO_TCP, TCP_QUEUE_SEQ, "TCP_QUEUE_SEQ"};
inline constexpr SocketOption<std::uint32_t> timestamp{IPPROTO_TCP, TCP_TIMESTAMP, "TCP_TIMESTAMP"};
inline constexpr SocketOption<int> linger2{IPPROTO_TCP, TCP_LINGER2, "TCP_LINGER2"};
inline constexpr SocketOption<int> defer_accept{IPPROTO_TCP, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT"};
inline constexpr SocketOption<int> max_segment{IPPROTO_TCP, TCP_MAXSEG, "TCP_MAXSEG"};
}  // namespace option

// Untyped access, for values whose length only the kernel knows. Lengths in bytes; `get` returns
// the length that the kernel wrote. Both throw SystemError.
socklen_t get_option_bytes(int socket, int level, int number, std::string_view name, void* value,
                           socklen_t length);
void set_option_bytes(int socket, int level, int number, std::string_view name, const void* value,
                      socklen_t length);

template <class Value>
Value get_option(int socket, const SocketOption<Value>& which) {
  Value value{};
  get_option_bytes(socket, which.level, which.number, which.name, &value, sizeof value);
  return value;
}

template <class Value>
void set_option(int socket, const SocketOption<Value>& which, const Value& value) {
  set_option_bytes(socket, which.level, which.number, which.name, &value, sizeof value);
}

// False when the kernel refuses for want of rights (EPERM): for options that have a fallback.
template <class Value>
[[nodiscard]] bool set_option_if_permitted(int socket, const SocketOption<Value>& which,
                                           const Value& value) {
  try {
    set_option(socket, which, value);
    return true;
  } catch (const SystemError& error) {
    if (error.error_number() == EPERM) return false;
    throw;
  }
}

}  // namespace sockcr
