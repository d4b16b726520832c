// Packets of raw sockets: how they are written, and how they are heard.
#pragma once

#include <chrono>
#include <string>

#include "scenarios/language/datagrams.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

// What somebody writes who writes the header himself: so many hops, this class.
inline constexpr int own_hops = 77, own_class = 0x10;
inline constexpr int spare_protocol = 253;  // RFC 3692
inline constexpr std::size_t option_bytes = 8;

bool is_ipv6(const World& world);

// An echo reply that answers nothing, or of a type that nobody knows: kernels ignore both. Of
// ICMPv6 the kernel fills the checksum in.
std::vector<std::uint8_t> icmp_of(const World& world, const std::vector<std::uint8_t>& content,
                                  bool reply);

// Zeroes where the kernel writes what it knows better.
std::vector<std::uint8_t> with_own_header(const World& world, const ExpectedDatagram& what);

std::string text_of_packet(const ExpectedDatagram& packet);

// An IPv6 socket is told of headers as long as this lives; an IPv4 one reads them.
class PacketHearing {
 public:
  // `icmp`: of ICMPv6 the checksum is left out.
  PacketHearing(int socket, bool icmp);
  ~PacketHearing();
  PacketHearing(const PacketHearing&) = delete;
  PacketHearing& operator=(const PacketHearing&) = delete;

  // Reads the next one, as text_of_packet; `nothing_heard` when none comes in this time.
  std::string next(std::chrono::nanoseconds limit) const;

 private:
  int socket_;
  bool v6_, icmp_;
};

}  // namespace sockcr::scenario
