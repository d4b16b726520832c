// The receive queue of a unix socket, read without taking anything out of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/image/unix_socket.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

// What peeking overwrites for a moment, looked at before it begins.
struct BeforeUnixPeeking {
  struct Told {
    int number;
    std::string_view name;
    int value;
  };
  std::vector<Told> options;
};
BeforeUnixPeeking before_unix_peeking(int socket);
// Back to that, from wherever peeking was interrupted.
void put_back(int socket, const BeforeUnixPeeking& before);

// What a message carries is duplicates, for their owner to close; it has no numbers yet.
struct PeekedMessage {
  UnixMessage message;
  std::vector<FileDescriptor> carried;
};

// The messages of a stream end where each send(2) has ended. Leaves everything as it was, but for
// one thing: an empty datagram or packet behind the first is not seen by whoever peeks afterwards
// (skb->peeked); who reads sees it.
std::vector<PeekedMessage> peek_unix_queue(int socket, UnixType type);

}  // namespace sockcr
