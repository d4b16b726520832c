#include "engine/options/table.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/image/field_text.h"
#include "engine/image/show.h"
#include "engine/options/rights.h"
#include "engine/options/router_alert.h"
#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

using enum OptionForm;
using enum OptionUse;

int as_int(const Bytes& value) {
  int n = 0;
  std::memcpy(&n, value.data(), std::min(value.size(), sizeof n));
  return n;
}

// Where ECN was negotiated, the two lowest bits are the kernel's own (INET_ECN_xmit), and it takes
// them from nobody else (do_ip_setsockopt). A datagram's are its program's.
void forget_ecn_bits(const OptionRow& row, Bytes& value) {
  constexpr std::uint8_t ecn_mask = 3;
  const bool tos = row.level == IPPROTO_IP && row.number == IP_TOS;
  const bool traffic_class = row.level == IPPROTO_IPV6 && row.number == IPV6_TCLASS;
  if ((tos || traffic_class) && !value.empty())
    value.front() &= static_cast<std::uint8_t>(~ecn_mask);
}

// The least that may be written (TCP_MIN_MSS). Less is what the options of IP have left of it, and
// nobody's choice (tcp_sync_mss).
bool is_nobodys_choice(const OptionRow& row, const Bytes& value) {
  constexpr int least_mss = 88;
  return row.level == IPPROTO_TCP && row.number == TCP_MAXSEG && as_int(value) < least_mss;
}

// False where the kernel does not have the option, or there is no way to learn of it.
bool read_by_trying(int socket, const OptionRow& row, SocketKinds kind, Bytes& value) {
  if (kind != socket_kind::raw || row.level != IPPROTO_IP || row.number != IP_ROUTER_ALERT)
    return false;
  value.assign(row.size, 0);
  value.front() = stands_among_routers(socket) ? 1 : 0;
  return true;
}

// A struct of the kernel's may be shorter than the room we give (a congestion control's name), and
// an option may be newer than the kernel.
bool read_option(int socket, const OptionRow& row, SocketKinds kind, Bytes& value) {
  value.assign(row.size, 0);
  try {
    value.resize(get_option_bytes(socket, row.level, row.number, row.name, value.data(), row.size));
    if (kind == socket_kind::tcp) forget_ecn_bits(row, value);
    return !is_nobodys_choice(row, value);
  } catch (const SystemError& error) {
    if (error.error_number() == ENOPROTOOPT || error.error_number() == EOPNOTSUPP)
      return read_by_trying(socket, row, kind, value);
    throw;
  }
}

bool is_name(const OptionRow& row) {
  return (row.level == IPPROTO_TCP && row.number == TCP_CONGESTION) ||
         (row.level == SOL_SOCKET && row.number == SO_BINDTODEVICE);
}

std::string needs_text() { return fmt::format("needs {}", to_text(OptionRights::machine)); }

// SO_*BUFFORCE asks for CAP_NET_ADMIN in the initial user namespace; the plain option is cut at
// net.core.[rw]mem_max without a word.
std::string write_buffer_size(int socket, const OptionRow& row, const OptionValue& value) {
  const int half = as_int(value.value) / 2;
  const bool send_side = row.number == SO_SNDBUF;
  const auto& force = send_side ? option::send_buffer_force : option::receive_buffer_force;
  const auto& polite = send_side ? option::send_buffer : option::receive_buffer;
  if (set_option_if_permitted(socket, force, half)) return "";
  set_option(socket, polite, half);
  const int now = get_option(socket, polite);
  return now < 2 * half ? fmt::format("{} is {}: more {}", to_text(value), now, needs_text()) : "";
}

bool is_for_privileged(const OptionRow& row, const SystemError& error) {
  const bool refused = error.error_number() == EPERM || error.error_number() == EACCES;
  return refused && rights_for(row.level, row.number) == OptionRights::machine;
}

std::string write_plainly(int socket, const OptionRow& row, const OptionValue& value) {
  try {
    set_option_bytes(socket, row.level, row.number, row.name, value.value.data(),
                     static_cast<socklen_t>(value.value.size()));
    return "";
  } catch (const SystemError& error) {
    if (!is_for_privileged(row, error)) throw;
    return fmt::format("{}: {}", to_text(value), needs_text());
  }
}

// What the target's kernel is too old for, and nobody has turned on, is missed by nobody.
bool is_off_and_unknown(const OptionValue& value, const std::vector<OptionValue>& fresh) {
  const bool is_known = std::any_of(fresh.begin(), fresh.end(), [&](const OptionValue& one) {
    return one.level == value.level && one.number == value.number;
  });
  return !is_known && std::all_of(value.value.begin(), value.value.end(),
                                  [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

const OptionRow* find_option(int level, int number) {
  for (const OptionRow& row : option_table()) {
    if (row.level == level && row.number == number) return &row;
  }
  return nullptr;
}

std::string to_text(const OptionValue& value) {
  const OptionRow* row = find_option(value.level, value.number);
  if (row == nullptr) return numbers_of(value);
  if (is_name(*row)) {
    const auto* name = reinterpret_cast<const char*>(value.value.data());
    return fmt::format("{}={}", row->name, std::string(name, ::strnlen(name, value.value.size())));
  }
  if (row->size > sizeof(timeval)) return fmt::format("{}={}", row->name, hexadecimal(value.value));
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
  return read_options(socket, domain, socket_kind::tcp, use);
}

std::vector<OptionValue> read_options(int socket, int domain, SocketKinds kind, OptionUse use) {
  std::vector<OptionValue> values;
  for (const OptionRow& row : option_table()) {
    if ((row.kinds & kind) == 0) continue;
    if (row.use == unconnected && use != unconnected) continue;
    if (row.domain != AF_UNSPEC && row.domain != domain) continue;
    OptionValue value{row.level, row.number, {}};
    if (read_option(socket, row, kind, value.value)) values.push_back(std::move(value));
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
        may_be_default && (std::find(fresh.begin(), fresh.end(), value) != fresh.end() ||
                           is_off_and_unknown(value, fresh));
    if (!is_default) kept.push_back(value);
  }
  return kept;
}

std::string write_option(int socket, const OptionRow& row, const OptionValue& value,
                         SocketKinds kind) {
  Bytes now;
  if (read_option(socket, row, kind, now) && now == value.value) return "";
  switch (row.form) {
    case doubled:
      return write_buffer_size(socket, row, value);
    case plain:
    case moved:
      break;
  }
  return write_plainly(socket, row, value);
}

}  // namespace sockcr
