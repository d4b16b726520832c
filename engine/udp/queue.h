// The receive queue of a UDP socket, read without taking anything out of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/image/udp_socket.h"

namespace sockcr {

// What peeking overwrites for a moment, looked at before it begins: SO_PEEK_OFF, and the options by
// which a datagram tells where it was sent to, and how.
struct BeforePeeking {
  struct Told {
    int level, number;
    std::string_view name;
    int value;
  };
  std::vector<Told> options;
};
BeforePeeking before_peeking(int socket);
// Back to that, from wherever peeking was interrupted.
void put_back(int socket, const BeforePeeking& before);

struct Peeked {
  std::vector<Datagram> queue;
  // Peeking at an empty datagram marks it (skb->peeked), and who peeks by SO_PEEK_OFF does not see
  // it any more unless it is the first: the next checkpoint would not. Who reads sees it.
  bool hid_something = false;
};

// Leaves everything but that as it was. Datagrams that the kernel has gathered for UDP_GRO are each
// on its own here: whoever asks for UDP_GRO may get any datagram alone. `subject` for errors.
Peeked peek_queue(int socket, const std::string& subject);

// Takes everything out.
void drain_queue(int socket);

// The memory that the queue takes, in the kernel's own bytes; more behind each datagram that comes.
std::uint32_t queue_memory(int socket);

}  // namespace sockcr
