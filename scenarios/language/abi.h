// The system calls of TCP_REPAIR, one at a time: on a socket in this state, with these rights, the
// kernel answers so. A row of such a table is a step.
//
//   socket_in(TcpState::listen).sets({TCP_REPAIR, "TCP_REPAIR"}, {1}, EPERM)
//   socket_in(TcpState::established).in_repair().with_queue(TCP_SEND_QUEUE).sets(queue_seq, {7},
//   EPERM)
//
// Each on a socket of its own, over the loopback of a namespace of its own: whatever the kernel
// says when such sockets are closed, it is not on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/tcp_state.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

struct AbiOption {
  int number = 0;  // of IPPROTO_TCP
  std::string name{};
};

class AbiSocket {
 public:
  explicit AbiSocket(TcpState state) : state_(state) {}

  AbiSocket in_repair() const;
  AbiSocket with_queue(int queue) const;  // TCP_REPAIR_QUEUE
  AbiSocket without_rights() const;       // the calling thread has no CAP_NET_ADMIN any more
  AbiSocket that_has_sent() const;        // bytes, and they are acknowledged

  // The answer is an errno, or 0. Values are ints of the host; the length is theirs, or `bytes`.
  Step sets(const AbiOption& option, const std::vector<std::uint32_t>& values, int answer,
            At at = At::here()) const;
  Step sets_bytes(const AbiOption& option, const std::vector<std::uint32_t>& values,
                  std::size_t bytes, int answer, At at = At::here()) const;
  // Of so many bytes, and where one is told, with this value.
  Step gets(const AbiOption& option, std::size_t bytes, int answer,
            std::optional<std::uint32_t> value = {}, At at = At::here()) const;
  // What TCP_REPAIR_WINDOW says is written back, with this much added to its fields.
  Step writes_back_its_window(const std::vector<std::uint32_t>& changes, int answer,
                              At at = At::here()) const;

  Step sends_a_byte(int answer, At at = At::here()) const;
  Step receives(int flags, int answer, At at = At::here()) const;  // MSG_DONTWAIT is added
  // To an end that is no socket's: established at once, and nothing leaves.
  Step connects(At at = At::here()) const;
  // To a port that somebody listens at.
  Step binds_to_a_port_in_use(int answer, At at = At::here()) const;

 private:
  std::string text() const;
  // `call` answers 0, or -1 with errno.
  template <class Call>
  Step row(const std::string& words, int answer, At at, Call call) const;

  TcpState state_;
  bool repair_ = false, rights_ = true, has_sent_ = false;
  std::optional<int> queue_;
};

inline AbiSocket socket_in(TcpState state) { return AbiSocket(state); }

}  // namespace sockcr::scenario
