// A TCP segment that the engine sends itself, as a plain value, and the raw socket it leaves by.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/image/address.h"
#include "engine/image/sequence.h"
#include "engine/tcp/ip_header.h"

namespace sockcr {

namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10,
                              urg = 0x20;
}

struct Segment {
  Address from{}, to{};  // both AF_INET, or both AF_INET6
  Sequence seq = 0;
  Sequence ack = 0;
  std::uint8_t flags = tcp_flag::ack;
  std::uint16_t window = 0;  // as in the header: already shifted right by the sender's scale
  std::uint16_t urgent_pointer = 0;  // as in the header; means something with `urg`
  struct Timestamps {
    std::uint32_t value = 0, echo_reply = 0;
  };
  std::optional<Timestamps> timestamps{};
  // What only a SYN carries (RFC 9293, 3.2; RFC 7323, 2.2; RFC 2018, 2).
  struct Offer {
    std::uint16_t mss = 536;
    std::optional<std::uint8_t> wscale{};
    bool sack = false;
  };
  std::optional<Offer> offer{};
  std::span<const std::uint8_t> payload{};
  IpHeader ip{};  // its mark: forged_mark (gate/gate.h) passes a closed gate
  std::span<const std::uint8_t> md5_key{};  // signs it (RFC 2385); without one it is not signed
};

// In tcpdump's words: "192.0.2.2.7002 > 192.0.2.1.7001: Flags [F.], seq 7, ack 9, win 502, length
// 0"
std::string to_text(const Segment& segment);

// A raw socket (libnet) of the network namespace in which it was made; needs CAP_NET_RAW, and
// CAP_NET_ADMIN for the mark.
class Injector {
 public:
  explicit Injector(int family);  // AF_INET or AF_INET6
  ~Injector();
  Injector(const Injector&) = delete;
  Injector& operator=(const Injector&) = delete;

  // To a local address it has mostly come when this returns; where lo is busy, ksoftirqd brings it.
  void send(const Segment& segment) {
    prepare(segment);
    send_prepared(segment);
  }
  // All but the sending, for who looks at the clock in between.
  void prepare(const Segment& segment);
  void send_prepared(const Segment& segment);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace sockcr
