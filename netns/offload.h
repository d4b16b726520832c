// What a device does in TCP's place: it has to be off, or a capture shows segments of 27 kB with
// unfinished checksums, which were never on any wire.
#pragma once

#include <string>
#include <vector>

namespace sockcr::netns {

// Turns every checksum, segmentation and receive offload of `device` (in the calling thread's
// namespace) off and makes sure that it is. Throws SystemError. Ethtool netlink, Linux 5.6.
void disable_offloads(const std::string& device);

// Those that are on, by the kernel's names ("tx-tcp-segmentation").
std::vector<std::string> active_offloads(const std::string& device);

}  // namespace sockcr::netns
