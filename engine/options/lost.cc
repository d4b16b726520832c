#include "engine/options/lost.h"

#include <array>

namespace sockcr {
namespace {

using namespace socket_kind;

constexpr std::string_view unreadable = "the kernel does not tell it";

constexpr std::array lost{
    LostOption{every_kind, "SO_INCOMING_CPU", "a hint, which the next packet overwrites"},
    LostOption{every_kind, "SO_BUSY_POLL_BUDGET", unreadable},
    LostOption{every_kind, "SO_RESERVE_MEM", "memory of the program's control group"},
    LostOption{inet, "SO_ATTACH_REUSEPORT_CBPF", unreadable},
    LostOption{inet, "SO_ATTACH_REUSEPORT_EBPF", unreadable},
    LostOption{unix_stream, "SO_INQ", unreadable},
    LostOption{inet, "IP_IPSEC_POLICY", unreadable},
    LostOption{inet, "IP_XFRM_POLICY", unreadable},
    LostOption{inet, "IPV6_IPSEC_POLICY", unreadable},
    LostOption{inet, "IPV6_XFRM_POLICY", unreadable},
    LostOption{inet, "IPV6_MTU", "what is read is not what was written: the path's"},
    LostOption{inet, "IPV6_PKTINFO", unreadable},
    LostOption{inet, "IPV6_JOIN_ANYCAST", unreadable},
    LostOption{inet, "IPV6_FLOWLABEL_MGR", "labels are leased from the namespace"},
    LostOption{raw, "IPV6_ROUTER_ALERT", "the kernel tells that there is one, and not which"},
    LostOption{tcp, "IPV6_V6ONLY (connected)", "bind(2) to an address of IPv6 sets it"},
    LostOption{tcp, "TCP_MAXSEG (connected)", "what is read is the segment of the moment"},
    LostOption{tcp, "SO_PEERSEC",
               "SELinux takes it from a handshake, which a rebuilt socket has not"},
    LostOption{tcp, "TCP_QUICKACK", "a mode, which the next segment changes"},
    LostOption{tcp, "TCP_FASTOPEN_CONNECT (connected)", "can be written before connect(2) only"},
    LostOption{tcp, "TCP_FASTOPEN_NO_COOKIE (connected)", "can be written before connect(2) only"},
    LostOption{tcp, "TCP_FASTOPEN_KEY", "a listener's own looks like the namespace's"},
    LostOption{tcp, "TCP_ULP", "refused by name: its keys cannot be read"},
    LostOption{tcp, "TCP_AO_ADD_KEY", "refused by name"},
    LostOption{datagram, "UDP_ENCAP", "refused by name"},
};

}  // namespace

std::span<const LostOption> lost_options() { return lost; }

}  // namespace sockcr
