// Raw sockets, as subjects of sentences.
//
//   raw::ours     the one that is cut
//   raw::peer     who sends to it, and hears it
//
// Each packet of the peer has a hop limit of its own.
#pragma once

#include "scenarios/language/datagrams.h"
#include "scenarios/language/variant.h"

namespace sockcr::scenario {

struct RawBinding {
  bool icmp = false;  // ICMP's protocol, or ICMPv6's; else 253
  bool bound = false;

  std::string text() const;
};

class RawEnd {
 public:
  RawEnd(Speaker speaker, std::string name) : speaker_(speaker), name_(std::move(name)) {}

  Step opens(const RawBinding& how, At at = At::here()) const;
  Step connects_to(const RawEnd& other, At at = At::here()) const;

  // One packet with each of so many bytes behind its header, and each arrives.
  Step sends(const std::vector<std::size_t>& lengths, const RawEnd& to, At at = At::here()) const;
  // The gate is closed, or the other hears somebody else.
  Step sends_in_vain(const std::vector<std::size_t>& lengths, const RawEnd& to,
                     At at = At::here()) const;
  // Of a type of ICMP that the other's filter drops.
  Step sends_what_is_filtered(std::size_t length, const RawEnd& to, At at = At::here()) const;
  // With an IP header that it has written itself (IP_HDRINCL, IPV6_HDRINCL).
  Step sends_with_its_own_header(std::size_t length, const RawEnd& to, At at = At::here()) const;
  Step cannot_send(const RawEnd& to, int error_number, At at = At::here()) const;

  // Every packet that came, once and in order, with its addresses and hop limit; of IPv4 with as
  // many bytes of IP options as it was sent with.
  Step reads_all(At at = At::here()) const;

  Step includes_headers(At at = At::here()) const;
  Step filters_icmp(At at = At::here()) const;              // all but echo replies
  Step sends_options(At at = At::here()) const;             // IP_OPTIONS: record route
  Step takes_router_alerts(At at = At::here()) const;       // IP_ROUTER_ALERT
  Step is_told_of_router_alerts(At at = At::here()) const;  // it cannot be set once more

  Step closes(At at = At::here()) const;

  const std::string& name() const { return name_; }

 private:
  Speaker speaker_;
  std::string name_;
};

namespace raw {
inline const RawEnd ours{Speaker::ours, "ours"};
inline const RawEnd peer{Speaker::peer, "peer"};
inline const RawEnd client{Speaker::peer, "client"};  // at another address of the peer's
}  // namespace raw

}  // namespace sockcr::scenario
