// Writing captures for people: pcapng (draft-ietf-opsawg-pcapng), little-endian, nanosecond stamps,
// with comments that Wireshark and tshark show beside the packets.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "pcap/recording.h"
#include "pcap/rule.h"

namespace sockcr::pcap {

// Packet number -> what to say about it.
using Comments = std::map<std::size_t, std::vector<std::string>>;

// "mark: gate-closed" at every frame of a mark; "violation: ..." at the packets of `breaches`,
// those about the capture as a whole at its last packet.
Comments comments_of(const Recording& recording, std::span<const Breach> breaches = {});

// Section header, one interface, one enhanced packet block a packet. `interface_name` is what the
// reader shall see ("peer").
std::vector<std::uint8_t> pcapng(const Recording& recording, const std::string& interface_name,
                                 const Comments& comments);

// The same into file `path`, replaced if it exists. Throws SystemError.
void write_pcapng(const std::string& path, const Recording& recording,
                  const std::string& interface_name, const Comments& comments);

}  // namespace sockcr::pcap
