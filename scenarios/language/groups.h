// Multicast groups, as subjects of sentences.
//
//   group(n)          239.1.0.n or ff15::1:n, at ours' port
//   senders           client(1) to client(3), each at an address of its own
#pragma once

#include "scenarios/language/datagrams.h"

namespace sockcr::scenario {

class Group {
 public:
  explicit Group(int number) : number_(number) {}

  // By the device of the wire. What it is to hear depends on the sender's address.
  Step is_joined_by(const DatagramEnd& who, HeardFrom from, At at = At::here()) const;
  // By two devices, the wire's and then lo, each chosen by an address that nobody has: whoever
  // names that address alone means the one which the kernel finds first.
  Step is_joined_twice_by(const DatagramEnd& who, At at = At::here()) const;
  // That is the one that was joined last. Where no engine can read the order (without BPF) there
  // is nothing to expect of it.
  Step is_left_where_it_was_joined_last_by(const DatagramEnd& who, At at = At::here()) const;

 private:
  int number_;
};
inline Group group(int number) { return Group(number); }

// The peer gets two addresses more, and each sender is at one of its three.
Steps senders_speak(bool lite, At at = At::here());
// Each sends to each of so many groups; ours gets what its memberships let through, and nothing
// else, whoever else of its machine is a member.
Step senders_send_to_groups(int groups, At at = At::here());
Step senders_send_to_groups_in_vain(int groups, At at = At::here());
// IP_MULTICAST_ALL is off: what others have joined is none of its business.
Step hears_its_own_groups_only(const DatagramEnd& who, At at = At::here());

}  // namespace sockcr::scenario
