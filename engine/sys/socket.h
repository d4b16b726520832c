// The socket calls themselves, traced and checked. Addresses are passed as the kernel takes them;
// their plain value is image/address.h's.
#pragma once

#include <sys/socket.h>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/sys/descriptor.h"

namespace sockcr {

FileDescriptor make_socket(int domain, int type, int protocol);  // SOCK_CLOEXEC is added
void bind_socket(int socket, const sockaddr* address, socklen_t length);
void connect_socket(int socket, const sockaddr* address, socklen_t length);
// Of a socket that does not wait (EINPROGRESS).
void begin_connecting(int socket, const sockaddr* address, socklen_t length);
void listen_socket(int socket, int backlog);
FileDescriptor accept_socket(int socket);
void shut_down_socket(int socket, int how);

// One send or recv; `flags` as in send(2). Bytes, never negative: a failure throws (EAGAIN too).
std::size_t send_bytes(int socket, std::span<const std::uint8_t> bytes, int flags);
std::size_t receive_bytes(int socket, std::span<std::uint8_t> buffer, int flags);

// ioctl with an int answer: SIOCINQ, SIOCOUTQ, SIOCOUTQNSD (bytes).
int queued_bytes(int socket, unsigned long request, std::string_view name);

// What poll(2) tells about the socket now: POLLIN, POLLRDHUP, POLLPRI, POLLERR among others.
// Destroys nothing: a pending error stays pending.
short readiness(int socket);

// The classic BPF filter of a socket, as instructions of 8 bytes (struct sock_filter); empty where
// there is none. Throws SystemError, EACCES for an eBPF program.
std::vector<std::uint8_t> read_filter(int socket);
void attach_filter(int socket, std::span<const std::uint8_t> filter);
bool has_program(int socket);  // eBPF

sockaddr_storage local_address(int socket);
sockaddr_storage remote_address(int socket);

// Makes `socket` answer EAGAIN instead of waiting.
void set_nonblocking(int socket, bool on);

// "192.0.2.1:7001", "[2001:db8::1]:7001", "[fe80::1%3]:7001"; the family's number for others.
std::string address_text(const sockaddr_storage& address);

}  // namespace sockcr
