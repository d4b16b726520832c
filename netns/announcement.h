#pragma once

#include <string>

namespace sockcr::netns {

// Tells everybody on the link that `address` ("192.0.2.1", "2001:db8::1") is to be found at
// `device`, in the calling thread's namespace: a gratuitous ARP request, or an unsolicited
// neighbour advertisement. Who has an entry for the address changes it; who has none makes none. It
// may be lost like any frame: look (neighbour.h) and say it again. CAP_NET_RAW.
void announce(const std::string& device, const std::string& address);

}  // namespace sockcr::netns
