// A multicast group that a socket is a member of, as a plain value.
#pragma once

#include <string>
#include <vector>

#include "engine/image/address.h"

namespace sockcr {

struct Membership {
  Address group{};       // of IPv4 on an IPv6 socket too; neither port nor scope
  std::string device{};  // by its name, for an index means nothing on another machine
  // What a program may give besides or in place of a device (imr_address), which only the kernel's
  // memory tells. Of IPv6, and where nobody has read it: 0.0.0.0.
  Address chosen_by{};
  bool include = false;            // it hears its sources and nobody else; or all others
  std::vector<Address> sources{};  // in the kernel's order

  friend bool operator==(const Membership&, const Membership&) = default;
};

// "239.1.2.3 on eth0 from 192.0.2.2 only", "ff15::1 on eth0 from all but 2001:db8::2"
std::string to_text(const Membership& membership);

// By group and device, IPv4 first: an order in which two lists can be compared where nobody knows
// that of the kernel.
bool canonically_before(const Membership& a, const Membership& b);
std::vector<Membership> in_canonical_order(std::vector<Membership> memberships);

// The first reason why a socket of `domain` cannot be a member of all these; empty when it can.
std::string memberships_fault(const std::vector<Membership>& memberships, std::uint16_t domain);

// Whether one of them is of the group `destination` (a mapped one is IPv4's), at that device.
bool is_member(const std::vector<Membership>& memberships, const Address& destination,
               const std::string& device);

inline constexpr std::size_t most_sources = 512;  // of one membership that an image can hold

}  // namespace sockcr
