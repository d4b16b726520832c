// Routes of the calling thread's namespace.
#pragma once

#include <string>

namespace sockcr::netns {

// To this one host ("192.0.2.2"), through `device`, by packets of at most `mtu` bytes: a path that
// is narrower than its first link.
void add_narrow_route(const std::string& device, const std::string& host, unsigned mtu);

// Delivers to `host` here, at an address of `device`, which has to be up.
void add_local_route(const std::string& device, const std::string& host);
void remove_local_route(const std::string& device, const std::string& host);

}  // namespace sockcr::netns
