#pragma once

#include <string>

#include "netns/end.h"

namespace sockcr::netns {

// A permanent entry in the calling thread's namespace: no ARP request, no neighbour solicitation
// for `address` ("192.0.2.2"), and nothing that can expire.
void add_neighbour(const std::string& device, const std::string& address, const Mac& mac);

}  // namespace sockcr::netns
