// The rows, and nothing else.
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <array>

#include "engine/options/table.h"

// Newer than Debian 12's headers, or in headers of the kernel that cannot stand beside glibc's.
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_2292PKTINFO
#define IPV6_2292PKTINFO 2
#endif
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#ifndef IPV6_ROUTER_ALERT_ISOLATE
#define IPV6_ROUTER_ALERT_ISOLATE 30
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif
#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif
#ifndef IPV6_RECVORIGDSTADDR
#define IPV6_RECVORIGDSTADDR 74
#endif
#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#ifndef IPV6_UNICAST_IF
#define IPV6_UNICAST_IF 76
#endif
#ifndef IPV6_RECVFRAGSIZE
#define IPV6_RECVFRAGSIZE 77
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef SO_TIMESTAMP_OLD
#define SO_TIMESTAMP_OLD 29
#endif
#ifndef SO_TIMESTAMPNS_OLD
#define SO_TIMESTAMPNS_OLD 35
#endif
#ifndef SO_TIMESTAMPING_OLD
#define SO_TIMESTAMPING_OLD 37
#endif
#ifndef SO_TIMESTAMP_NEW
#define SO_TIMESTAMP_NEW 63
#endif
#ifndef SO_TIMESTAMPNS_NEW
#define SO_TIMESTAMPNS_NEW 64
#endif
#ifndef SO_TIMESTAMPING_NEW
#define SO_TIMESTAMPING_NEW 65
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US 46
#endif
// In headers of the kernel that cannot stand beside glibc's.
#ifndef ICMP_FILTER
#define ICMP_FILTER 1
#endif
#ifndef ICMPV6_FILTER
#define ICMPV6_FILTER 1
#endif
#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL 36
#endif
#ifndef SOL_UDPLITE
#define SOL_UDPLITE 136
#endif
#ifndef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV 10
#endif
#ifndef UDPLITE_RECV_CSCOV
#define UDPLITE_RECV_CSCOV 11
#endif

namespace sockcr {
namespace {

using enum OptionPhase;
using enum OptionForm;
using enum OptionUse;
using socket_kind::datagram, socket_kind::inet, socket_kind::unix_socket, socket_kind::every_kind;
using socket_kind::tcp, socket_kind::udp, socket_kind::udp_lite, socket_kind::raw;

constexpr socklen_t int_size = sizeof(int);
constexpr socklen_t timestamping = 8;  // struct so_timestamping: flags, bind_phc
constexpr socklen_t extension = 2048;  // the longest extension header (RFC 8200)

constexpr socklen_t icmpv6_types = 32;  // a bit for each

#define ROW(level, option) level, option, #option

// Buffer sizes stand before SO_BUF_LOCK, because writing a size locks it; TCP_WINDOW_CLAMP stands
// after them, because raising it lifts rcv_ssthresh up to rcv_wnd (tcp_set_window_clamp); IP_TOS
// stands before SO_PRIORITY, which it overwrites. The interfaces of what is sent stand before
// SO_BINDTODEVICE, behind which they may name that device only. SO_TIMESTAMP* and SO_TIMESTAMPING_*
// share their bits: what reads as set is written in this order, and no 0 ever, which would clear
// the others. SO_LOCK_FILTER is for ever, and comes last.
constexpr std::array table{
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_CONGESTION), 16, fresh},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_SAVE_SYN), int_size, fresh},
    // Behind connect(2) a socket of IPv6 would count them in its segments.
    OptionRow{inet, ROW(IPPROTO_IP, IP_OPTIONS), 40, fresh},
    OptionRow{inet, ROW(IPPROTO_IP, IP_FREEBIND), int_size, fresh},
    OptionRow{inet, ROW(IPPROTO_IP, IP_TRANSPARENT), int_size, fresh},
    // Of IPv6 the same bits, by names that raw sockets know.
    OptionRow{raw, ROW(IPPROTO_IPV6, IPV6_FREEBIND), int_size, fresh, plain, AF_INET6},
    OptionRow{raw, ROW(IPPROTO_IPV6, IPV6_TRANSPARENT), int_size, fresh, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), int_size, fresh},
    OptionRow{inet, ROW(IPPROTO_IP, IP_LOCAL_PORT_RANGE), int_size, fresh},
    OptionRow{datagram | raw, ROW(IPPROTO_IP, IP_MULTICAST_IF), int_size, fresh},
    OptionRow{inet, ROW(IPPROTO_IP, IP_UNICAST_IF), int_size, fresh},
    OptionRow{datagram | raw, ROW(IPPROTO_IPV6, IPV6_MULTICAST_IF), int_size, fresh, plain,
              AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_UNICAST_IF), int_size, fresh, plain, AF_INET6},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_BINDTODEVICE), 16, fresh},

    OptionRow{inet, ROW(IPPROTO_IP, IP_TOS), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_TTL), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_MTU_DISCOVER), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_TCLASS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_UNICAST_HOPS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_MTU_DISCOVER), int_size, connected, plain, AF_INET6},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_PRIORITY), int_size, connected, moved},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_MARK), int_size, connected},
    // After bind, which needs the SK_FORCE_REUSE that entering repair mode leaves in its place.
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_REUSEADDR), int_size, connected, moved},
    OptionRow{inet, ROW(SOL_SOCKET, SO_REUSEPORT), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_KEEPALIVE), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_OOBINLINE), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_LINGER), sizeof(linger), connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_RCVTIMEO), sizeof(timeval), connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_SNDTIMEO), sizeof(timeval), connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_KEEPIDLE), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_KEEPINTVL), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_KEEPCNT), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_SYNCNT), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_LINGER2), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_USER_TIMEOUT), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_NOTSENT_LOWAT), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_NODELAY), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_CORK), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_INQ), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_TX_DELAY), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_RTO_MAX_MS), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_RTO_MIN_US), int_size, connected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_DELACK_MAX_US), int_size, connected},
    OptionRow{tcp, ROW(SOL_SOCKET, SO_TXREHASH), int_size, connected},

    OptionRow{inet, ROW(IPPROTO_IP, IP_RECVOPTS), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_RETOPTS), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_PKTINFO), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_RECVERR), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_RECVTTL), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_RECVTOS), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_PASSSEC), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_RECVORIGDSTADDR), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_CHECKSUM), int_size, connected},
    OptionRow{datagram | raw, ROW(IPPROTO_IP, IP_RECVFRAGSIZE), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_RECVERR_RFC4884), int_size, connected},
    OptionRow{datagram | raw, ROW(IPPROTO_IP, IP_MULTICAST_TTL), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_MULTICAST_LOOP), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IP, IP_MULTICAST_ALL), int_size, connected},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_2292PKTINFO), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_2292HOPOPTS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_2292DSTOPTS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_2292RTHDR), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_2292HOPLIMIT), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_FLOWINFO), int_size, connected, plain, AF_INET6},
    OptionRow{datagram | raw, ROW(IPPROTO_IPV6, IPV6_MULTICAST_HOPS), int_size, connected, plain,
              AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_MULTICAST_LOOP), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVERR), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_MULTICAST_ALL), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE), int_size, connected, plain,
              AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVERR_RFC4884), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_FLOWINFO_SEND), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVPKTINFO), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVHOPLIMIT), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVHOPOPTS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVRTHDR), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVDSTOPTS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVPATHMTU), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_DONTFRAG), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVTCLASS), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVORIGDSTADDR), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RECVFRAGSIZE), int_size, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_HOPOPTS), extension, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RTHDRDSTOPTS), extension, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_RTHDR), extension, connected, plain, AF_INET6},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_DSTOPTS), extension, connected, plain, AF_INET6},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_DEBUG), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_DONTROUTE), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_BROADCAST), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_NO_CHECK), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_RXQ_OVFL), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_WIFI_STATUS), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_NOFCS), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_SELECT_ERR_QUEUE), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_BUSY_POLL), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_PREFER_BUSY_POLL), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_RCVMARK), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_RCVPRIORITY), int_size, connected},
    OptionRow{tcp | udp, ROW(SOL_SOCKET, SO_ZEROCOPY), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_MAX_PACING_RATE), sizeof(std::uint64_t), connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TXTIME), sizeof(sock_txtime), connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TIMESTAMPING_OLD), timestamping, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TIMESTAMP_OLD), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TIMESTAMPNS_OLD), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TIMESTAMP_NEW), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TIMESTAMPNS_NEW), int_size, connected},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_TIMESTAMPING_NEW), timestamping, connected},
    OptionRow{raw, ROW(IPPROTO_IP, IP_HDRINCL), int_size, connected, plain, AF_INET},
    OptionRow{raw, ROW(IPPROTO_IP, IP_ROUTER_ALERT), int_size, connected, plain, AF_INET},
    OptionRow{raw, ROW(IPPROTO_IP, IP_NODEFRAG), int_size, connected, plain, AF_INET},
    OptionRow{raw, ROW(IPPROTO_IPV6, IPV6_HDRINCL), int_size, connected, plain, AF_INET6},
    OptionRow{datagram, ROW(IPPROTO_UDP, UDP_NO_CHECK6_TX), int_size, connected},
    OptionRow{datagram, ROW(IPPROTO_UDP, UDP_NO_CHECK6_RX), int_size, connected},
    OptionRow{datagram, ROW(IPPROTO_UDP, UDP_SEGMENT), int_size, connected},
    OptionRow{datagram, ROW(IPPROTO_UDP, UDP_GRO), int_size, connected},
    OptionRow{udp_lite, ROW(SOL_UDPLITE, UDPLITE_SEND_CSCOV), int_size, connected},
    OptionRow{udp_lite, ROW(SOL_UDPLITE, UDPLITE_RECV_CSCOV), int_size, connected},

    // Where it was not set it tells the segment that the options of IP leave room for, less than
    // may be written (tcp_sync_mss).
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_MAXSEG), int_size, connected, moved, AF_UNSPEC,
              unconnected},

    // What is put back has passed them already.
    OptionRow{raw, ROW(SOL_RAW, ICMP_FILTER), int_size, filled, plain, AF_INET},
    OptionRow{raw, ROW(SOL_ICMPV6, ICMPV6_FILTER), icmpv6_types, filled, plain, AF_INET6},
    OptionRow{raw, ROW(IPPROTO_IPV6, IPV6_CHECKSUM), int_size, filled, plain, AF_INET6},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_RCVLOWAT), int_size, filled},
    // What is put back into a queue comes from here.
    OptionRow{inet, ROW(IPPROTO_IP, IP_MINTTL), int_size, filled},
    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_MINHOPCOUNT), int_size, filled, plain, AF_INET6},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_SNDBUF), int_size, filled, doubled},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_RCVBUF), int_size, filled, doubled},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_BUF_LOCK), int_size, filled, moved},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_WINDOW_CLAMP), int_size, filled, moved},

    OptionRow{inet, ROW(IPPROTO_IPV6, IPV6_V6ONLY), int_size, fresh, plain, AF_INET6, unconnected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE), int_size, fresh, plain, AF_UNSPEC,
              unconnected},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_FASTOPEN_CONNECT), int_size, fresh, plain, AF_UNSPEC,
              unconnected},
    // With it a handshake would end only when data come (tcp_check_req).
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_DEFER_ACCEPT), int_size, complete},
    OptionRow{tcp, ROW(IPPROTO_TCP, TCP_FASTOPEN), int_size, complete, plain, AF_UNSPEC,
              unconnected},
    OptionRow{tcp | datagram | unix_socket, ROW(SOL_SOCKET, SO_PEEK_OFF), int_size, complete},
    OptionRow{unix_socket, ROW(SOL_SOCKET, SO_PASSCRED), int_size, complete},
    OptionRow{unix_socket, ROW(SOL_SOCKET, SO_PASSSEC), int_size, complete},
    OptionRow{unix_socket, ROW(SOL_SOCKET, SO_PASSPIDFD), int_size, complete},
    OptionRow{unix_socket, ROW(SOL_SOCKET, SO_PASSRIGHTS), int_size, complete},
    OptionRow{datagram, ROW(IPPROTO_UDP, UDP_CORK), int_size, complete},
    OptionRow{every_kind, ROW(SOL_SOCKET, SO_LOCK_FILTER), int_size, complete},
};

#undef ROW

}  // namespace

std::span<const OptionRow> option_table() { return table; }

}  // namespace sockcr
