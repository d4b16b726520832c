#pragma once

#include <array>

#include "netns/sysctl.h"

namespace sockcr::netns {

inline constexpr std::array sysctl_table{
    // What the handshake agrees on.
    Sysctl{"net.ipv4.tcp_timestamps", "1", "1", "offered, with a random offset", true},
    Sysctl{"net.ipv4.tcp_sack", "1", "1", "offered", true},
    Sysctl{"net.ipv4.tcp_window_scaling", "1", "1", "offered", true},
    Sysctl{"net.ipv4.tcp_ecn", "0", "0", "not offered: flags stay as written"},
    Sysctl{"net.ipv4.tcp_syncookies", "1", "1", "only when the queue is full"},
    Sysctl{"net.ipv4.tcp_abort_on_overflow", "0", "0", "a full accept queue sends no RST"},
    Sysctl{"net.ipv4.ip_local_port_range", "20000 59999", "20000 59999", "ends of unlike parity"},

    // Buffers. The scales differ, so that swapping them shows; the peer's limit lies above any
    // rmem_max, which would otherwise set the scale of both.
    Sysctl{"net.ipv4.tcp_rmem", "4096 131072 1048576", "4096 131072 33554432", "unequal scales",
           true},
    Sysctl{"net.ipv4.tcp_wmem", "4096 65536 1048576", "4096 65536 4194304", "unequal buffers",
           true},
    Sysctl{"net.ipv4.tcp_moderate_rcvbuf", "1", "1", "windows grow as everywhere"},
    Sysctl{"net.ipv4.tcp_adv_win_scale", "1", "1", "window per buffer"},
    Sysctl{"net.ipv4.tcp_shrink_window", "0", "0", "a window never shrinks"},
    Sysctl{"net.ipv4.tcp_notsent_lowat", "4294967295", "4294967295", "unsent data may queue"},

    // When segments leave.
    Sysctl{"net.ipv4.tcp_congestion_control", "reno", "reno", "in every kernel, paces nothing",
           true},
    Sysctl{"net.ipv4.tcp_autocorking", "0", "0", "a small write leaves at once"},
    Sysctl{"net.ipv4.tcp_slow_start_after_idle", "0", "0", "a pause changes nothing"},
    Sysctl{"net.ipv4.tcp_no_metrics_save", "1", "1", "no case learns from another"},
    Sysctl{"net.ipv4.tcp_mtu_probing", "0", "0", "the MSS stays"},
    Sysctl{"net.ipv4.tcp_early_retrans", "3", "3", "loss probes"},
    Sysctl{"net.ipv4.tcp_recovery", "1", "1", "RACK"},
    Sysctl{"net.ipv4.tcp_dsack", "1", "1", "duplicates are told"},
    Sysctl{"net.ipv4.tcp_challenge_ack_limit", "2147483647", "2147483647", "not rationed"},
    Sysctl{"net.ipv4.tcp_invalid_ratelimit", "500", "500", "ms between answers to nonsense"},

    // How long TCP waits, and how often it tries.
    Sysctl{"net.ipv4.tcp_syn_retries", "6", "6", "default"},
    Sysctl{"net.ipv4.tcp_synack_retries", "5", "5", "default"},
    Sysctl{"net.ipv4.tcp_retries2", "15", "15", "default"},
    Sysctl{"net.ipv4.tcp_orphan_retries", "0", "0", "default"},
    Sysctl{"net.ipv4.tcp_fin_timeout", "60", "60", "default"},
    Sysctl{"net.ipv4.tcp_keepalive_time", "7200", "7200", "default"},
    Sysctl{"net.ipv4.tcp_rfc1337", "0", "0", "default"},
    Sysctl{"net.ipv4.tcp_stdurg", "0", "0", "default"},
    Sysctl{"net.ipv4.tcp_tw_reuse", "0", "0", "TIME_WAIT is kept"},

    // What reaches a socket.
    Sysctl{"net.ipv4.conf.all.rp_filter", "0", "0", "forged segments come over lo"},
    Sysctl{"net.ipv4.conf.default.rp_filter", "0", "0", "forged segments come over lo"},
    Sysctl{"net.ipv6.bindv6only", "0", "0", "mapped addresses"},

    // Frames that nobody asked for.
    Sysctl{"net.ipv6.conf.all.disable_ipv6", "0", "0", "IPv6 is there", true},
    Sysctl{"net.ipv6.conf.default.disable_ipv6", "0", "0", "IPv6 is there", true},
    Sysctl{"net.ipv6.conf.all.accept_dad", "0", "0", "no address detection"},
    Sysctl{"net.ipv6.conf.default.accept_dad", "0", "0", "no address detection"},
    Sysctl{"net.ipv6.conf.default.dad_transmits", "0", "0", "no address detection"},
    Sysctl{"net.ipv6.conf.all.accept_ra", "0", "0", "no routers"},
    Sysctl{"net.ipv6.conf.default.accept_ra", "0", "0", "no routers"},
    Sysctl{"net.ipv6.conf.default.router_solicitations", "0", "0", "no routers"},
    Sysctl{"net.ipv6.conf.default.addr_gen_mode", "1", "1", "no link-local address, less MLD"},
};

}  // namespace sockcr::netns
