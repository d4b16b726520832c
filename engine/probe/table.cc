#include "engine/probe/table.h"

#include <array>

#include "engine/probe/questions.h"

namespace sockcr {
namespace {

constexpr bool essential = true, useful = false;
constexpr auto here = Place::here, throw_away = Place::throw_away;

constexpr std::string_view become_root =
    "run as root; or run program and sockcr inside: unshare -Urn";
constexpr std::string_view newer_kernel_4_10 = "Linux 4.10 or later";

constexpr std::array<Question, 23> rows{{
    {"rights", "CAP_NET_ADMIN", "repair mode and the gate, in this network namespace", essential,
     here, ask::net_admin, become_root},
    {"rights", "CAP_NET_RAW", "forged segments, in this network namespace", essential, here,
     ask::net_raw, become_root},
    {"rights", "ptrace", "takes sockets of programs that sockcr did not start", useful, here,
     ask::ptrace, "run as root, or: sysctl kernel.yama.ptrace_scope=0"},
    {"rights", "SO_RCVBUFFORCE", "keeps buffers above net.core.rmem_max", useful, here,
     ask::buffer_force,
     "CAP_NET_ADMIN in the initial user namespace, or raise net.core.[rw]mem_max"},

    {"taking sockets", "pidfd_getfd", "takes a socket out of a program", essential, here,
     ask::pidfd_getfd, "Linux 5.6 or later; in a container, a seccomp profile that allows it"},
    {"taking sockets", "sock_diag", "finds what no descriptor refers to", useful, throw_away,
     ask::sock_diag, "CONFIG_INET_DIAG and CONFIG_INET_TCP_DIAG"},
    {"taking sockets", "SOCK_DESTROY", "ends TIME_WAIT, SYN_RECV and orphans at a checkpoint",
     useful, throw_away, ask::sock_destroy, "CONFIG_INET_DIAG_DESTROY"},

    {"TCP", "TCP_REPAIR", "reads and rebuilds a connection", essential, throw_away, ask::repair,
     "Linux 3.5 or later"},
    {"TCP", "repair, half closed", "the same in FIN_WAIT1/2, CLOSE_WAIT, LAST_ACK, CLOSING", useful,
     throw_away, ask::repair_when_half_closed, newer_kernel_4_10},
    {"TCP", "TCP_REPAIR_WINDOW", "keeps both windows", essential, throw_away, ask::repair_window,
     "Linux 4.8 or later"},
    {"TCP", "raw IPv4", "forges the peer's segments", essential, throw_away, ask::raw_v4,
     become_root},
    {"TCP", "raw IPv6", "the same over IPv6", useful, throw_away, ask::raw_v6, "CONFIG_IPV6"},
    {"TCP", "SO_MARK", "lets forged segments through the gate", essential, throw_away, ask::mark,
     become_root},
    {"TCP", "tcp_max_tw_buckets", "restores SYN_RECV and children that wait for accept", useful,
     here, ask::time_wait_buckets, "sysctl net.ipv4.tcp_max_tw_buckets=4096"},

    {"gate", "iptables-restore", "keeps IPv4 from the wire", essential, throw_away, ask::gate_v4,
     "install iptables; CONFIG_NFT_COMPAT or CONFIG_IP_NF_FILTER, CONFIG_NETFILTER_XT_MARK"},
    {"gate", "ip6tables-restore", "keeps IPv6 from the wire", essential, throw_away, ask::gate_v6,
     "install iptables; CONFIG_NFT_COMPAT or CONFIG_IP6_NF_FILTER, CONFIG_NETFILTER_XT_MARK"},
    {"gate", "NFLOG", "the tap: reads what has no descriptor", useful, throw_away, ask::tap,
     "CONFIG_NETFILTER_XT_TARGET_NFLOG and CONFIG_NETFILTER_NETLINK_LOG"},
    {"gate", "NFQUEUE", "the hole: what is sent vanishes, and TCP believes that it left", useful,
     throw_away, ask::hole, "CONFIG_NETFILTER_XT_TARGET_NFQUEUE"},

    {"BPF", "backend", "reads what no system call tells", useful, here, ask::bpf_backend, ""},
    {"BPF", "program load", "what the backend would need", useful, here, ask::bpf_load,
     "CAP_BPF in the initial user namespace, CONFIG_BPF_SYSCALL"},

    {"refused by name", "kTLS", "its keys cannot be read", useful, here, ask::ktls, ""},
    {"refused by name", "TCP-AO", "its keys cannot be read", useful, throw_away, ask::tcp_ao, ""},
    {"refused by name", "MPTCP", "several paths under one socket", useful, throw_away, ask::mptcp,
     ""},
}};

}  // namespace

std::span<const Question> questions() { return rows; }

}  // namespace sockcr
