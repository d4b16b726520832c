#include <netinet/in.h>

#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> ttl{IPPROTO_IP, IP_TTL, "IP_TTL"};
constexpr SocketOption<int> least_ttl{IPPROTO_IP, IP_MINTTL, "IP_MINTTL"};
constexpr SocketOption<int> hops{IPPROTO_IPV6, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"};
constexpr SocketOption<int> least_hops{IPPROTO_IPV6, IPV6_MINHOPCOUNT, "IPV6_MINHOPCOUNT"};
constexpr int most = 255;

// First both speak loudly, then they listen to nothing else.
Steps hear_neighbours_only(const Variant& v) {
  const auto& [say, hear] =
      v.family == Family::v6 ? std::pair(hops, least_hops) : std::pair(ttl, least_ttl);
  return {ours.sets(say, most), peer.sets(say, most), talk(ours, peer), ours.sets(hear, most),
          peer.sets(hear, most)};
}

// A time-wait socket answers by the default of its namespace, whatever it was told before.
Steps hear_everybody(const Variant& v) {
  const auto& hear = v.family == Family::v6 ? least_hops : least_ttl;
  return {ours.sets(hear, 0), peer.sets(hear, 0)};
}

}  // namespace

const Scenario the_scenario{
    .name = "hop_limit",
    .about =
        "both ends hear only what has crossed no router (RFC 5082: hop limit 255, IP_MINTTL), as "
        "routers' sessions do: what the engine forges must be heard by ours, and what it sends "
        "again by the peer; close_wait: the FIN of the peer is forged",
    .axes = {.details = {"", "close_wait"}},
    .timeline = [](const Variant& v) -> Steps {
      const bool closing = v.detail == "close_wait";
      return {
          establish(v),
          hear_neighbours_only(v),
          unread_bytes(v),
          closing ? Steps{peer.shuts_down(), ours.comes_to(TcpState::close_wait)} : Steps{},
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          closing ? Steps{} : late_bytes(v),
          cut(),
          gate.opens(),

          ours.reads_all(),
          peer.reads_all(),
          ours.writes(some_bytes),
          peer.reads_all(),
          hear_everybody(v),
          closing ? part_behind(peer, ours) : part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
