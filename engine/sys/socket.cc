#include "engine/sys/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <cerrno>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

std::string text_of(const sockaddr* address, socklen_t length) {
  sockaddr_storage storage{};
  std::memcpy(&storage, address, std::min<std::size_t>(length, sizeof storage));
  return address_text(storage);
}

std::string domain_text(int domain) {
  if (domain == AF_INET) return "AF_INET";
  if (domain == AF_INET6) return "AF_INET6";
  return domain == AF_UNIX ? "AF_UNIX" : fmt::format("{}", domain);
}

std::string type_text(int type) {
  if (type == SOCK_STREAM) return "SOCK_STREAM";
  return type == SOCK_DGRAM ? "SOCK_DGRAM" : fmt::format("{:#x}", type);
}

template <class Ask>
sockaddr_storage ask_address(std::string_view name, int socket, Ask ask) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  call(
      name, [&] { return ask(socket, reinterpret_cast<sockaddr*>(&storage), &length); },
      [&] { return fmt::format("{}, {}", socket, address_text(storage)); });
  return storage;
}

std::string transfer_text(int socket, std::size_t length, int flags) {
  return fmt::format("{}, \"\"..., {}, {:#x}", socket, length, flags);
}

constexpr std::size_t instruction_bytes = sizeof(sock_filter);

// SO_GET_FILTER counts in instructions, and without room only counts them.
socklen_t ask_filter(int socket, std::vector<std::uint8_t>& filter) {
  auto instructions = static_cast<socklen_t>(filter.size() / instruction_bytes);
  call(
      "getsockopt",
      [&] {
        return ::getsockopt(socket, SOL_SOCKET, SO_GET_FILTER,
                            filter.empty() ? nullptr : filter.data(), &instructions);
      },
      [&] {
        return fmt::format("{}, SOL_SOCKET, SO_GET_FILTER, ..., [{}]", socket, instructions);
      });
  return instructions;
}

}  // namespace

FileDescriptor make_socket(int domain, int type, int protocol) {
  return FileDescriptor(call(
      "socket", [&] { return ::socket(domain, type | SOCK_CLOEXEC, protocol); },
      [&] {
        return fmt::format("{}, {}|SOCK_CLOEXEC, {}", domain_text(domain), type_text(type),
                           protocol == IPPROTO_TCP ? "IPPROTO_TCP" : fmt::format("{}", protocol));
      }));
}

void bind_socket(int socket, const sockaddr* address, socklen_t length) {
  call(
      "bind", [&] { return ::bind(socket, address, length); },
      [&] { return fmt::format("{}, {}", socket, text_of(address, length)); });
}

void connect_socket(int socket, const sockaddr* address, socklen_t length) {
  call(
      "connect", [&] { return ::connect(socket, address, length); },
      [&] { return fmt::format("{}, {}", socket, text_of(address, length)); });
}

void begin_connecting(int socket, const sockaddr* address, socklen_t length) {
  const int result = try_call(
      "connect", [&] { return ::connect(socket, address, length); },
      [&] { return fmt::format("{}, {}", socket, text_of(address, length)); });
  if (result == 0 || errno == EINPROGRESS) return;
  throw SystemError("connect", fmt::format("{}, {}", socket, text_of(address, length)), errno);
}

void listen_socket(int socket, int backlog) {
  call(
      "listen", [&] { return ::listen(socket, backlog); },
      [&] { return fmt::format("{}, {}", socket, backlog); });
}

FileDescriptor accept_socket(int socket) {
  return FileDescriptor(call(
      "accept4", [&] { return ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC); },
      [&] { return fmt::format("{}, NULL, NULL, SOCK_CLOEXEC", socket); }));
}

void shut_down_socket(int socket, int how) {
  call(
      "shutdown", [&] { return ::shutdown(socket, how); },
      [&] {
        return fmt::format("{}, {}", socket,
                           how == SHUT_RD   ? "SHUT_RD"
                           : how == SHUT_WR ? "SHUT_WR"
                                            : "SHUT_RDWR");
      });
}

std::size_t send_bytes(int socket, std::span<const std::uint8_t> bytes, int flags) {
  return static_cast<std::size_t>(call(
      "sendto", [&] { return ::send(socket, bytes.data(), bytes.size(), flags | MSG_NOSIGNAL); },
      [&] { return transfer_text(socket, bytes.size(), flags | MSG_NOSIGNAL) + ", NULL, 0"; }));
}

std::size_t receive_bytes(int socket, std::span<std::uint8_t> buffer, int flags) {
  return static_cast<std::size_t>(call(
      "recvfrom", [&] { return ::recv(socket, buffer.data(), buffer.size(), flags); },
      [&] { return transfer_text(socket, buffer.size(), flags) + ", NULL, NULL"; }));
}

int queued_bytes(int socket, unsigned long request, std::string_view name) {
  int bytes = 0;
  call(
      "ioctl", [&] { return ::ioctl(socket, request, &bytes); },
      [&] { return fmt::format("{}, {}, [{}]", socket, name, bytes); });
  return bytes;
}

short readiness(int socket) {
  pollfd entry{socket, POLLIN | POLLRDHUP | POLLPRI, 0};
  call(
      "poll", [&] { return ::poll(&entry, 1, 0); },
      [&] { return fmt::format("[{{fd={}, revents={:#x}}}], 1, 0", socket, entry.revents); });
  return entry.revents;
}

std::vector<std::uint8_t> read_filter(int socket) {
  std::vector<std::uint8_t> filter;
  const socklen_t length = ask_filter(socket, filter);
  if (length == 0) return {};
  filter.resize(length * instruction_bytes);
  ask_filter(socket, filter);
  return filter;
}

void attach_filter(int socket, std::span<const std::uint8_t> filter) {
  std::vector<sock_filter> code(filter.size() / instruction_bytes);
  std::memcpy(code.data(), filter.data(), code.size() * instruction_bytes);
  const sock_fprog program{.len = static_cast<unsigned short>(code.size()), .filter = code.data()};
  call(
      "setsockopt",
      [&] { return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program); },
      [&] {
        return fmt::format("{}, SOL_SOCKET, SO_ATTACH_FILTER, {{len={}, ...}}, {}", socket,
                           program.len, sizeof program);
      });
}

bool has_program(int socket) {
  try {
    static_cast<void>(read_filter(socket));
    return false;
  } catch (const SystemError& error) {
    if (error.error_number() != EACCES) throw;
    return true;
  }
}

sockaddr_storage local_address(int socket) {
  return ask_address("getsockname", socket, ::getsockname);
}

sockaddr_storage remote_address(int socket) {
  return ask_address("getpeername", socket, ::getpeername);
}

void set_nonblocking(int socket, bool on) {
  const int flags = call(
      "fcntl", [&] { return ::fcntl(socket, F_GETFL); },
      [&] { return fmt::format("{}, F_GETFL", socket); });
  const int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (wanted == flags) return;
  call(
      "fcntl", [&] { return ::fcntl(socket, F_SETFL, wanted); },
      [&] { return fmt::format("{}, F_SETFL, {:#o}", socket, wanted); });
}

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(in.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
    const std::string scope = in6.sin6_scope_id != 0 ? fmt::format("%{}", in6.sin6_scope_id) : "";
    return fmt::format("[{}{}]:{}", text, scope, ntohs(in6.sin6_port));
  }
  return fmt::format("address of family {}", address.ss_family);
}

}  // namespace sockcr
