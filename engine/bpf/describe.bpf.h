/* From the kernel's sockets to SeenSocket. */
#pragma once

#include "engine/bpf/kernel.bpf.h"
/* The kernel's types come first. */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "engine/bpf/seen.h"

enum { family_v4 = 2, family_v6 = 10 };
enum { state_fin_wait1 = 4, state_last_ack = 9, state_listen = 10, state_closing = 11 };

static __always_inline __u16 host_order(__u16 port) { return __builtin_bswap16(port); }

static __always_inline void describe_ends(struct sock_common* socket, struct SeenSocket* seen) {
  seen->cookie = socket->skc_cookie.counter;
  seen->family = socket->skc_family;
  seen->state = socket->skc_state;
  seen->interface = socket->skc_bound_dev_if;
  seen->local_port = socket->skc_num;
  seen->remote_port = host_order(socket->skc_dport);
  if (seen->family == family_v6) {
    bpf_probe_read_kernel(seen->local, 16, &socket->skc_v6_rcv_saddr);
    bpf_probe_read_kernel(seen->remote, 16, &socket->skc_v6_daddr);
  } else {
    bpf_probe_read_kernel(seen->local, 4, &socket->skc_rcv_saddr);
    bpf_probe_read_kernel(seen->remote, 4, &socket->skc_daddr);
  }
}

static __always_inline __s64 until(unsigned long expires) {
  return (__s64)(expires - (unsigned long)bpf_jiffies64());
}

static __always_inline void describe_request(struct tcp_request_sock* request,
                                             struct SeenSocket* seen) {
  seen->kind = seen_request;
  seen->snt_isn = request->snt_isn;
  seen->rcv_isn = request->rcv_isn;
  seen->mss_clamp = request->req.req.mss;
  seen->ts_recent = request->req.req.ts_recent;
  seen->ts_offset = request->ts_off;
  seen->snd_wscale = BPF_CORE_READ_BITFIELD(request, req.snd_wscale);
  seen->rcv_wscale = BPF_CORE_READ_BITFIELD(request, req.rcv_wscale);
  seen->window_scaling = BPF_CORE_READ_BITFIELD(request, req.wscale_ok);
  seen->timestamps = BPF_CORE_READ_BITFIELD(request, req.tstamp_ok);
  seen->sack = BPF_CORE_READ_BITFIELD(request, req.sack_ok);
  if (bpf_core_field_exists(request->req_usec_ts)) seen->microseconds = request->req_usec_ts;
}

static __always_inline void describe_time_wait(struct sock_common* socket,
                                               struct tcp_timewait_sock* waiting,
                                               struct SeenSocket* seen) {
  seen->kind = seen_time_wait;
  seen->state = waiting->tw_sk.tw_substate;
  seen->snd_nxt = socket->skc_tw_snd_nxt;
  seen->rcv_nxt = socket->skc_tw_rcv_nxt;
  seen->rcv_wnd = waiting->tw_rcv_wnd;
  seen->rcv_wscale = waiting->tw_sk.tw_rcv_wscale;
  seen->ts_recent = waiting->tw_ts_recent;
  seen->ts_offset = waiting->tw_ts_offset;
  seen->timer = until(waiting->tw_sk.tw_timer.expires);
  if (bpf_core_field_exists(waiting->tw_sk.tw_usec_ts)) {
    seen->microseconds = BPF_CORE_READ_BITFIELD(waiting, tw_sk.tw_usec_ts);
  }
}

/* It also ends FIN_WAIT2 of nobody. */
static __always_inline __s64 until_keepalive(struct tcp_sock* connection) {
  struct inet_connection_sock* asked = (struct inet_connection_sock*)connection;
  struct sock* socket = (struct sock*)connection;
  if (bpf_core_field_exists(asked->icsk_keepalive_timer)) {
    return until(asked->icsk_keepalive_timer.expires);
  }
  return until(socket->sk_timer.expires);
}

static __always_inline void describe_connection(struct tcp_sock* connection,
                                                struct SeenSocket* seen) {
  struct sock* socket = (struct sock*)connection;
  seen->kind = seen_connection;
  seen->held = socket->sk_socket != 0;
  seen->timer = until_keepalive(connection);
  seen->snd_una = connection->snd_una;
  seen->snd_nxt = connection->snd_nxt;
  seen->snd_up = connection->snd_up;
  seen->write_seq = connection->write_seq;
  seen->rcv_nxt = connection->rcv_nxt;
  seen->snd_wl1 = connection->snd_wl1;
  seen->snd_wnd = connection->snd_wnd;
  seen->max_window = connection->max_window;
  seen->rcv_wnd = connection->rcv_wnd;
  seen->rcv_wup = connection->rcv_wup;
  seen->mss_clamp = connection->rx_opt.mss_clamp;
  seen->ts_recent = connection->rx_opt.ts_recent;
  seen->ts_offset = connection->tsoffset;
  seen->snd_wscale = BPF_CORE_READ_BITFIELD(connection, rx_opt.snd_wscale);
  seen->rcv_wscale = BPF_CORE_READ_BITFIELD(connection, rx_opt.rcv_wscale);
  seen->window_scaling = BPF_CORE_READ_BITFIELD(connection, rx_opt.wscale_ok);
  seen->timestamps = BPF_CORE_READ_BITFIELD(connection, rx_opt.tstamp_ok);
  seen->sack = BPF_CORE_READ_BITFIELD(connection, rx_opt.sack_ok) != 0;
  if (bpf_core_field_exists(connection->tcp_usec_ts)) {
    seen->microseconds = BPF_CORE_READ_BITFIELD(connection, tcp_usec_ts);
  }
}

/* Its program has closed it, and it has a FIN of ours to deliver. */
static __always_inline bool is_orphan(const struct SeenSocket* seen) {
  if (seen->kind != seen_connection || seen->held) return false;
  return seen->state == state_fin_wait1 || seen->state == state_closing ||
         seen->state == state_last_ack;
}
