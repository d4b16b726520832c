// A unix socket, as plain values. What it is connected to, what waits in its queue and what its
// messages carry are sockets of the same image, by their numbers from 1.
//
// What a kernel (6.1 to 6.18) does not tell, and what no restored socket has therefore: the time
// stamps of messages, the supplementary groups and the security label of a peer, and how many bytes
// of a message somebody has read already (what is left of it is a message).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"

namespace sockcr {

enum class UnixType : std::uint8_t { stream = 1, dgram = 2, seqpacket = 5 };  // as SOCK_*

// As in sun_path, at its length: empty for none, a path without its terminating zero, or, where the
// first byte is zero, an abstract name. Those of the kernel's choice (autobind) are abstract.
using UnixName = Bytes;
std::string name_text(const UnixName& name);  // "/run/app.sock", "@abstract", "without a name"
bool is_path(const UnixName& name);

// Who somebody is, as a reader is told (SCM_CREDENTIALS, SO_PEERCRED).
struct Credentials {
  std::int32_t pid = 0;
  std::uint32_t uid = no_id, gid = no_id;

  static constexpr std::uint32_t no_id = 0xffffffff;
  friend bool operator==(const Credentials&, const Credentials&) = default;
};
std::string to_text(const Credentials& who);  // "pid 7, uid 0, gid 0"

// A socket that a message carries (SCM_RIGHTS).
struct UnixRight {
  std::uint32_t socket = 0;

  friend bool operator==(const UnixRight&, const UnixRight&) = default;
};

// One that was received and not read, or the rest of it. Of a stream, what one send(2) has
// appended: it is what its credentials and its rights belong to.
struct UnixMessage {
  UnixName sender{};         // of datagrams
  bool out_of_band = false;  // of a stream: the byte of MSG_OOB
  bool has_credentials = false;
  Credentials credentials{};
  std::vector<UnixRight> rights{};
  Bytes payload{};  // of datagrams and packets it may be empty

  friend bool operator==(const UnixMessage&, const UnixMessage&) = default;
};
std::string to_text(const UnixMessage& message);  // "5 bytes from @client, pid 7, uid 0, gid 0"

// The node of a path name in the file system.
struct UnixNode {
  Bytes directory{};      // of a relative name: in which it was bound
  bool unlinked = false;  // it is not there any more, or another one is in its place
  std::uint32_t mode = 0, uid = 0, gid = 0;  // permission bits, owner; zeroes where it is unlinked

  friend bool operator==(const UnixNode&, const UnixNode&) = default;
};

struct UnixSocket {
  UnixType type = UnixType::stream;
  UnixName name{};
  UnixNode node{};
  bool listening = false;
  std::uint32_t backlog = 0;   // of a listener
  std::uint32_t peer = 0;      // whom it is connected to; 0: nobody, or nobody any more:
  bool peer_gone = false;      // it was, and
  UnixName peer_name{};        // so that one was called
  std::uint32_t listener = 0;  // nobody has accepted it: it waits there, in the image's order
  bool shut_down_receive = false, shut_down_send = false;
  std::int32_t error = 0;  // for SO_ERROR to tell
  // SO_PEERCRED: who called connect(2), listen(2) or socketpair(2); of a listener its own.
  Credentials peer_credentials{};
  std::vector<OptionValue> options{};
  std::vector<UnixMessage> queue{};  // in the order in which they will be read
  SocketFilter filter{};             // only datagrams are filtered, but any may have one
  OpenFile file{};

  friend bool operator==(const UnixSocket&, const UnixSocket&) = default;
};

// "unix stream /run/app.sock LISTEN", "unix dgram without a name", for errors.
std::string to_text(const UnixSocket& socket);
std::string_view to_text(UnixType type);

bool is_connected(const UnixSocket& socket);  // to somebody, or to one that is gone

// Sockets become others: number n becomes numbers[n - 1].
void renumber(UnixSocket& socket, const std::vector<std::uint32_t>& numbers);

}  // namespace sockcr
