#include "engine/options/rights.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75
#endif

namespace sockcr {
namespace {

struct Row {
  int level;
  int number;
  OptionRights rights;
};

// A buffer asks for it above net.core.[rw]mem_max, SO_BUSY_POLL above net.core.busy_read,
// SO_PRIORITY above 6, and TCP_CONGESTION for what net.ipv4.tcp_allowed_congestion_control lacks.
constexpr std::array rows{
    Row{SOL_SOCKET, SO_DEBUG, OptionRights::machine},
    Row{SOL_SOCKET, SO_SNDBUF, OptionRights::machine},
    Row{SOL_SOCKET, SO_RCVBUF, OptionRights::machine},
    Row{SOL_SOCKET, SO_BUSY_POLL, OptionRights::machine},
    Row{SOL_SOCKET, SO_PREFER_BUSY_POLL, OptionRights::machine},
    Row{SOL_SOCKET, SO_PRIORITY, OptionRights::network},
    Row{SOL_SOCKET, SO_MARK, OptionRights::network},
    Row{SOL_SOCKET, SO_TXTIME, OptionRights::network},
    Row{IPPROTO_IP, IP_TRANSPARENT, OptionRights::network},
    Row{IPPROTO_IPV6, IPV6_TRANSPARENT, OptionRights::network},
    Row{IPPROTO_IPV6, IPV6_HOPOPTS, OptionRights::network},
    Row{IPPROTO_IPV6, IPV6_RTHDRDSTOPTS, OptionRights::network},
    Row{IPPROTO_IPV6, IPV6_DSTOPTS, OptionRights::network},
    Row{IPPROTO_TCP, TCP_CONGESTION, OptionRights::network},
};

}  // namespace

OptionRights rights_for(int level, int number) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.level == level && row.number == number;
  });
  return found == rows.end() ? OptionRights::none : found->rights;
}

std::string_view to_text(OptionRights rights) {
  switch (rights) {
    case OptionRights::none:
      return "nothing";
    case OptionRights::network:
      return "CAP_NET_ADMIN or CAP_NET_RAW over the network namespace";
    case OptionRights::machine:
      return "CAP_NET_ADMIN in the initial user namespace";
  }
  return "?";
}

}  // namespace sockcr
