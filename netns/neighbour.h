#pragma once

#include <optional>
#include <string>

#include "netns/end.h"

namespace sockcr::netns {

enum class Lasting : std::uint8_t {
  permanent,  // no ARP request, no neighbour solicitation, nothing that expires or is overheard
  reachable,  // as if it had just answered: it grows old, and who says that it moved is believed
};

// In the calling thread's namespace, for `address` ("192.0.2.2").
void add_neighbour(const std::string& device, const std::string& address, const Mac& mac,
                   Lasting lasting = Lasting::permanent);

// To which `device` of the calling thread's namespace would send what is for `address`; nothing
// where it would have to ask.
std::optional<Mac> neighbour(const std::string& device, const std::string& address);

}  // namespace sockcr::netns
