// A live capture. Needs CAP_NET_RAW in the user namespace that owns the network namespace.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "pcap/packet.h"
#include "pcap/recording.h"

struct pcap;

namespace sockcr::pcap {

// Filters for one protocol and the marks. pcap's `tcp` looks for IPv6 only at the first next-header
// field and behind a fragment header, so other extension headers are let in by name; what it does
// not let in is MLD (ICMPv6 behind a hop-by-hop header), which appears at random.
inline constexpr char tcp_and_marks[] =
    "ether proto 0x88b5 or tcp or "
    "(ip6 and (ip6[6] == 43 or ip6[6] == 51 or ip6[6] == 60 or (ip6[6] == 0 and ip6[40] != 58)))";
// UDP, UDP-Lite, their fragments, and the errors of ICMP that answer them.
inline constexpr char udp_and_marks[] =
    "ether proto 0x88b5 or udp or ip proto 136 or ip6 proto 136 or icmp or "
    "(ip[6:2] & 0x3fff != 0) or ip6 proto 44 or (icmp6 and ip6[40] < 128) or "
    "(ip6 and (ip6[6] == 43 or ip6[6] == 51 or ip6[6] == 60 or (ip6[6] == 0 and ip6[40] != 58)))";
// Protocol 253, and ICMP but for neighbours and groups.
inline constexpr char raw_and_marks[] =
    "ether proto 0x88b5 or ip proto 253 or ip6 proto 253 or icmp or "
    "(icmp6 and (ip6[40] < 130 or ip6[40] > 143))";

struct CaptureOptions {
  std::string filter = tcp_and_marks;
  // Bytes kept of a packet. Immediate mode uses TPACKET_V2, whose ring has slots of this size, so a
  // needless 65535 would leave room for a hundred packets. Give MTU + 14 for jumbo frames.
  int snap_length = 2048;
  int buffer_bytes = 8 << 20;  // about 3,800 packets of the default snap length between two drains
};

// Captures on `device` of the calling thread's network namespace, in both directions, from the
// moment it is constructed; later the thread may be in any namespace. Makes no thread and never
// waits. Opening takes 11-15 ms, closing 30 ms, idle waiting in the kernel. Throws SystemError.
class Capture {
 public:
  explicit Capture(const std::string& device, const CaptureOptions& options = {});

  // Appends what has arrived to packets(), and says how many that were.
  std::size_t drain();
  const std::vector<Packet>& packets() const { return packets_; }

  // Readable when something has arrived: for poll(2).
  int descriptor() const;

  // Packets that found the ring full: the capture has holes then.
  std::size_t dropped() const;
  // Throws SystemError when packets were dropped or cut: such a capture proves nothing.
  void require_complete() const;

  // Everything drained so far, as a value.
  Recording recording() const { return Recording::of(packets_); }

 private:
  std::string device_;
  std::unique_ptr<::pcap, void (*)(::pcap*)> handle_;
  std::vector<Packet> packets_;
};

}  // namespace sockcr::pcap
