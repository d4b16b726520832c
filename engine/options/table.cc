#include "engine/options/table.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/image/show.h"
#include "engine/sys/socket_option.h"

// Newer than Debian 12's headers.
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif

namespace sockcr {
namespace {

using enum OptionPhase;
using enum OptionForm;
using enum OptionUse;

constexpr socklen_t int_size = sizeof(int);

#define ROW(level, option) level, option, #option

// Buffer sizes stand before SO_BUF_LOCK, because writing a size locks it; TCP_WINDOW_CLAMP stands
// after them, because raising it lifts rcv_ssthresh up to rcv_wnd (tcp_set_window_clamp); IP_TOS
// stands before SO_PRIORITY, which it overwrites.
constexpr std::array table{
    OptionRow{ROW(IPPROTO_TCP, TCP_CONGESTION), 16, fresh},
    OptionRow{ROW(SOL_SOCKET, SO_BINDTODEVICE), 16, fresh},

    OptionRow{ROW(IPPROTO_IP, IP_TOS), int_size, connected},
    OptionRow{ROW(IPPROTO_IP, IP_TTL), int_size, connected},
    OptionRow{ROW(IPPROTO_IP, IP_MTU_DISCOVER), int_size, connected},
    OptionRow{ROW(IPPROTO_IPV6, IPV6_TCLASS), int_size, connected, plain, AF_INET6},
    OptionRow{ROW(IPPROTO_IPV6, IPV6_UNICAST_HOPS), int_size, connected, plain, AF_INET6},
    OptionRow{ROW(IPPROTO_IPV6, IPV6_MTU_DISCOVER), int_size, connected, plain, AF_INET6},
    OptionRow{ROW(SOL_SOCKET, SO_PRIORITY), int_size, connected, moved},
    OptionRow{ROW(SOL_SOCKET, SO_MARK), int_size, connected},
    // After bind, which needs the SK_FORCE_REUSE that entering repair mode leaves in its place.
    OptionRow{ROW(SOL_SOCKET, SO_REUSEADDR), int_size, connected, moved},
    OptionRow{ROW(SOL_SOCKET, SO_REUSEPORT), int_size, connected},
    OptionRow{ROW(SOL_SOCKET, SO_KEEPALIVE), int_size, connected},
    OptionRow{ROW(SOL_SOCKET, SO_OOBINLINE), int_size, connected},
    OptionRow{ROW(SOL_SOCKET, SO_LINGER), sizeof(linger), connected},
    OptionRow{ROW(SOL_SOCKET, SO_RCVTIMEO), sizeof(timeval), connected},
    OptionRow{ROW(SOL_SOCKET, SO_SNDTIMEO), sizeof(timeval), connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_KEEPIDLE), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_KEEPINTVL), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_KEEPCNT), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_SYNCNT), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_LINGER2), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_USER_TIMEOUT), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_NOTSENT_LOWAT), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_NODELAY), int_size, connected},
    OptionRow{ROW(IPPROTO_TCP, TCP_CORK), int_size, connected},

    OptionRow{ROW(SOL_SOCKET, SO_RCVLOWAT), int_size, filled},
    OptionRow{ROW(SOL_SOCKET, SO_SNDBUF), int_size, filled, doubled},
    OptionRow{ROW(SOL_SOCKET, SO_RCVBUF), int_size, filled, doubled},
    OptionRow{ROW(SOL_SOCKET, SO_BUF_LOCK), int_size, filled, moved},
    OptionRow{ROW(IPPROTO_TCP, TCP_WINDOW_CLAMP), int_size, filled, moved},

    OptionRow{ROW(IPPROTO_IPV6, IPV6_V6ONLY), int_size, fresh, plain, AF_INET6, unconnected},
    OptionRow{ROW(IPPROTO_IP, IP_FREEBIND), int_size, fresh, plain, AF_UNSPEC, unconnected},
    OptionRow{ROW(IPPROTO_TCP, TCP_MAXSEG), int_size, fresh, plain, AF_UNSPEC, unconnected},
    // With it a handshake would end only when data come (tcp_check_req).
    OptionRow{ROW(IPPROTO_TCP, TCP_DEFER_ACCEPT), int_size, complete, plain, AF_UNSPEC,
              unconnected},
    OptionRow{ROW(IPPROTO_TCP, TCP_FASTOPEN), int_size, complete, plain, AF_UNSPEC, unconnected},
};

#undef ROW

// Where ECN was negotiated, the two lowest bits are the kernel's own (INET_ECN_xmit), and it takes
// them from nobody else (do_ip_setsockopt).
void forget_ecn_bits(const OptionRow& row, Bytes& value) {
  constexpr std::uint8_t ecn_mask = 3;
  const bool tos = row.level == IPPROTO_IP && row.number == IP_TOS;
  const bool traffic_class = row.level == IPPROTO_IPV6 && row.number == IPV6_TCLASS;
  if ((tos || traffic_class) && !value.empty())
    value.front() &= static_cast<std::uint8_t>(~ecn_mask);
}

// A struct of the kernel's may be shorter than the room we give (a congestion control's name), and
// an option may be newer than the kernel.
bool read_option(int socket, const OptionRow& row, Bytes& value) {
  value.assign(row.size, 0);
  try {
    value.resize(get_option_bytes(socket, row.level, row.number, row.name, value.data(), row.size));
    forget_ecn_bits(row, value);
    return true;
  } catch (const SystemError& error) {
    if (error.error_number() == ENOPROTOOPT || error.error_number() == EOPNOTSUPP) return false;
    throw;
  }
}

bool is_name(const OptionRow& row) {
  return (row.level == IPPROTO_TCP && row.number == TCP_CONGESTION) ||
         (row.level == SOL_SOCKET && row.number == SO_BINDTODEVICE);
}

int as_int(const Bytes& value) {
  int n = 0;
  std::memcpy(&n, value.data(), std::min(value.size(), sizeof n));
  return n;
}

// SO_*BUFFORCE asks for CAP_NET_ADMIN in the initial user namespace; the plain option is cut at
// net.core.[rw]mem_max without a word.
void write_buffer_size(int socket, const OptionRow& row, const OptionValue& value) {
  const int half = as_int(value.value) / 2;
  const bool send_side = row.number == SO_SNDBUF;
  const auto& force = send_side ? option::send_buffer_force : option::receive_buffer_force;
  const auto& polite = send_side ? option::send_buffer : option::receive_buffer;
  if (!set_option_if_permitted(socket, force, half)) set_option(socket, polite, half);
}

}  // namespace

std::span<const OptionRow> option_table() { return table; }

const OptionRow* find_option(int level, int number) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const OptionRow& row) {
    return row.level == level && row.number == number;
  });
  return found == table.end() ? nullptr : &*found;
}

std::string to_text(const OptionValue& value) {
  const OptionRow* row = find_option(value.level, value.number);
  if (row == nullptr) return numbers_of(value);
  if (is_name(*row)) {
    const auto* name = reinterpret_cast<const char*>(value.value.data());
    return fmt::format("{}={}", row->name, std::string(name, ::strnlen(name, value.value.size())));
  }
  // Everything else is made of numbers: an int, a struct linger of two, a timeval of two longs.
  const bool longs = value.value.size() == sizeof(timeval);
  const std::size_t width = longs ? sizeof(long) : sizeof(int);
  std::vector<long> numbers;
  for (std::size_t at = 0; at + width <= value.value.size(); at += width) {
    long one = 0;
    std::memcpy(&one, value.value.data() + at, width);
    numbers.push_back(longs ? one : static_cast<int>(one));
  }
  return fmt::format("{}={}", row->name, fmt::join(numbers, ","));
}

std::vector<OptionValue> read_options(int socket, int domain, OptionUse use) {
  std::vector<OptionValue> values;
  for (const OptionRow& row : table) {
    if (row.use == unconnected && use != unconnected) continue;
    if (row.domain != AF_UNSPEC && row.domain != domain) continue;
    OptionValue value{row.level, row.number, {}};
    if (read_option(socket, row, value.value)) values.push_back(std::move(value));
  }
  return values;
}

std::vector<OptionValue> without_defaults(const std::vector<OptionValue>& values,
                                          const std::vector<OptionValue>& fresh) {
  std::vector<OptionValue> kept;
  for (const OptionValue& value : values) {
    const OptionRow* row = find_option(value.level, value.number);
    const bool may_be_default = row != nullptr && row->form == plain;
    const bool is_default =
        may_be_default && std::find(fresh.begin(), fresh.end(), value) != fresh.end();
    if (!is_default) kept.push_back(value);
  }
  return kept;
}

void write_option(int socket, const OptionRow& row, const OptionValue& value) {
  Bytes now;
  if (read_option(socket, row, now) && now == value.value) return;
  switch (row.form) {
    case doubled:
      write_buffer_size(socket, row, value);
      return;
    case plain:
    case moved:
      set_option_bytes(socket, row.level, row.number, row.name, value.value.data(),
                       static_cast<socklen_t>(value.value.size()));
      return;
  }
}

}  // namespace sockcr
