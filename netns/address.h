// Addresses of a device, in the calling thread's namespace.
#pragma once

#include <string>

namespace sockcr::netns {

// `address` with its prefix length: "2001:db8::1/64". IPv6 addresses skip duplicate detection, and
// `device` has to be up for them.
void add_address(const std::string& device, const std::string& address);
void remove_address(const std::string& device, const std::string& address);

// Wait until the kernel would deliver to `address` ("2001:db8::1") here, or send to it; throw
// SystemError when it does not within two seconds. A SYN that comes before is lost, and its
// repetition takes a second.
void await_local_route(const std::string& address);
void await_route_to(const std::string& address);

}  // namespace sockcr::netns
