// Multicast groups: which ones a socket is a member of, and joining them again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/membership.h"

namespace sockcr {

struct FoundMembership {
  Membership membership;
  std::uint32_t interface = 0;  // index of its device
};

// Every membership of `socket`, an internet socket that is not TCP's, in canonical order and
// without what has chosen its device. By asking about every group of the calling thread's network
// namespace (/proc/net/igmp, igmp6; MCAST_MSFILTER), which changes nothing. A device that is gone
// has no groups, and nothing comes by it. Throws Unsupported, which names `subject`, for one with
// more sources than an image can hold.
std::vector<FoundMembership> find_memberships(int socket, const std::string& subject);

// Joins as the program did. The list of a socket begins with what was joined last: `all` are joined
// from the last to the first. Throws SystemError. (The kernel tells the wire, which a gate that
// stops UDP lets pass: IGMP, MLD.)
void join(int socket, const Membership& membership);
// From here on the member hears its sources only, or all but them.
void filter_sources(int socket, const Membership& membership);

// Before the first of them is joined: throws SystemError for a device that this network namespace
// does not have, and for more than its limits allow (net.ipv4.igmp_max_memberships, igmp_max_msf,
// net.ipv6.mld_max_msf), with what to change. `subject` names the socket.
void require_room_for(const std::vector<Membership>& all, const std::string& subject);

}  // namespace sockcr
