// A whole handshake at once, with something special about its sockets.
#pragma once

#include <functional>
#include <string>

#include "scenarios/language/addresses.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

struct Ingredient {
  int protocol = IPPROTO_TCP;  // of ours' socket; another one is for a variant whose ours connects
  // Before the SYN: what each socket needs towards the address of the other. Who listens has it
  // from its listener.
  std::function<void(int socket, const Address& other)> ours = [](int, const Address&) {};
  std::function<void(int socket, const Address& other)> peer = [](int, const Address&) {};
  bool usual_handshake = true;  // SACK and unequal window scales are agreed on
  std::size_t in_the_syn = 0;   // so many bytes of who connects (MSG_FASTOPEN)
};

// The next one in a listener's queue, sooner or later.
FileDescriptor accept_from(World& world, const FileDescriptor& from);

// Conversation 1, its streams unused.
void connect_ends(World& world, const Ingredient& ingredient = {});

// TCP_MD5SIG. Unsupported where this kernel lacks it.
void sign_towards(int socket, const Address& other);

// "IPv4 in IPv6"
std::string families_of(const Variant& v);

// Both streams used, and nothing left in flight.
Steps warm_up(At at);

}  // namespace sockcr::scenario
