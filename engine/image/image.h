// What a checkpoint writes: the sockets as plain values, and the circumstances under which they
// were taken. Equality compares state only; circumstances never enter it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/image/raw_socket.h"
#include "engine/image/tcp_connection.h"
#include "engine/image/tcp_listener.h"
#include "engine/image/tcp_request.h"
#include "engine/image/tcp_syn_sent.h"
#include "engine/image/tcp_time_wait.h"
#include "engine/image/tcp_unconnected.h"
#include "engine/image/udp_socket.h"
#include "engine/image/unix_socket.h"

namespace sockcr {

// Every kind of socket that an image can hold; a new kind is a new alternative.
using Socket = std::variant<TcpConnection, TcpListener, TcpSynSent, TcpRequest, TcpTimeWait,
                            TcpUnconnected, UdpSocket, RawSocket, UnixSocket>;

std::string to_text(const Socket& socket);  // its ends and its state, for errors

// Where a socket was found, hence where it goes back: one descriptor of one process.
struct Holder {
  std::int32_t pid = 0;
  std::int32_t descriptor = 0;
  bool close_on_exec = false;

  friend bool operator==(const Holder&, const Holder&) = default;
};

// Of one socket: true at the time of the checkpoint, and no part of its state. A socket without
// holders belongs to a listener's queue, to a message in a unix socket's, or to nobody.
struct SocketCircumstance {
  std::uint64_t inode = 0;
  std::vector<Holder> holders{};  // all of one open file
  // Of OpenFile::owner: its number as F_GETOWN_EX told it. Where it is none of the image's
  // processes (is_of_image) nobody will know whom it has become.
  std::int32_t owner_pid = 0;

  friend bool operator==(const SocketCircumstance&, const SocketCircumstance&) = default;
};

struct Circumstance {
  std::uint64_t image_id = 0;     // random, chosen before the gate closes; names its firewall chain
  std::string kernel_release;     // uname -r
  std::string boot_id;            // /proc/sys/kernel/random/boot_id: one monotonic clock per boot
  std::int64_t monotonic_ns = 0;  // CLOCK_MONOTONIC at the checkpoint
  std::int64_t realtime_ns = 0;   // CLOCK_REALTIME at the same moment

  friend bool operator==(const Circumstance&, const Circumstance&) = default;
};

struct Image {
  Circumstance circumstance;
  std::vector<Socket> sockets;
  std::vector<SocketCircumstance> where;  // one for each socket, in the same order
};

// Some socket of the image was held by the process of that number.
bool is_of_image(const Image& image, std::int32_t pid);

// Null for a kind that no descriptor refers to.
const OpenFile* open_file_of(const Socket& socket);
OpenFile* open_file_of(Socket& socket);

std::string image_id_text(std::uint64_t image_id);  // 16 hexadecimal digits

}  // namespace sockcr
