// Ethernet, IPv4, IPv6 with its extension headers, TCP, UDP and UDP-Lite. Total: any bytes give a
// Frame, and what is wrong with them is in Frame::trouble. Fragments are not put together: those of
// TCP are trouble.
#pragma once

#include <vector>

#include "pcap/packet.h"
#include "pcap/segment.h"

namespace sockcr::pcap {

Frame decode(const Packet& packet);
std::vector<Frame> decode(const std::vector<Packet>& packets);

// The options area of a TCP header. `trouble` gets a clause when a length leads out of it.
std::vector<TcpOption> decode_options(Bytes area, std::string& trouble);

}  // namespace sockcr::pcap
