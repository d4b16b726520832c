/* The few fields of kernel structs that our programs read. Only names count: where a field lies,
 * libbpf asks the running kernel's BTF when it loads a program (CO-RE). A field that a kernel does
 * not have makes the program that reads it unloadable there, and the engine does without. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <stdbool.h>

/* clang-format off */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
  union { __u8 u6_addr8[16]; } in6_u;
};

typedef struct { __s64 counter; } atomic64_t;

struct timer_list { unsigned long expires; };

struct rb_node { struct rb_node *rb_right, *rb_left; };
struct rb_root { struct rb_node* rb_node; };

struct sock_common {
  __be32 skc_daddr, skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  unsigned short skc_family;
  volatile unsigned char skc_state;
  int skc_bound_dev_if;
  struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
  atomic64_t skc_cookie;
  __u32 skc_tw_rcv_nxt, skc_tw_snd_nxt;
};

struct in_addr { __be32 s_addr; };
struct ip_mreqn {
  struct in_addr imr_multiaddr, imr_address;
  int imr_ifindex;
};
struct ip_mc_socklist {
  struct ip_mc_socklist* next_rcu;
  struct ip_mreqn multi;
};
struct ipv6_mc_socklist {
  struct in6_addr addr;
  int ifindex;
  struct ipv6_mc_socklist* next;
};
struct ipv6_pinfo { struct ipv6_mc_socklist* ipv6_mc_list; };

struct sk_buff_head { struct sk_buff* next; };

struct bpf_prog_aux {
  atomic64_t refcnt;
  __u32 id;
};
struct bpf_prog { struct bpf_prog_aux* aux; };
struct sk_filter { struct bpf_prog* prog; };

struct sock {
  struct sock_common __sk_common;
  struct sk_filter* sk_filter;
  struct socket* sk_socket;
  struct rb_root tcp_rtx_queue;
  struct sk_buff_head sk_write_queue;
  struct timer_list sk_timer;
};

struct inet_sock {
  struct ipv6_pinfo* pinet6;
  struct ip_mc_socklist* mc_list;
};
struct socket { struct sock* sk; };

/* Newer kernels, and 6.1.192; where it is not, sk_timer is the keepalive timer. */
struct inet_connection_sock { struct timer_list icsk_keepalive_timer; };

struct tcp_options_received {
  __u32 ts_recent;
  __u16 tstamp_ok : 1, wscale_ok : 1, sack_ok : 3, snd_wscale : 4, rcv_wscale : 4;
  __u16 mss_clamp;
};

struct tcp_sock {
  __u32 snd_una, snd_nxt, snd_up, write_seq, rcv_nxt;
  __u32 snd_wl1, snd_wnd, max_window, rcv_wnd, rcv_wup;
  __u32 tsoffset;
  __u8 tcp_usec_ts : 1; /* Linux 6.7 */
  struct tcp_options_received rx_opt;
};

struct request_sock {
  __u16 mss;
  __u32 ts_recent;
};

struct inet_request_sock {
  struct request_sock req;
  __u16 snd_wscale : 4, rcv_wscale : 4, tstamp_ok : 1, sack_ok : 1, wscale_ok : 1;
};

struct tcp_request_sock {
  struct inet_request_sock req;
  bool req_usec_ts; /* Linux 6.7 */
  __u32 rcv_isn, snt_isn, ts_off;
};

struct inet_timewait_sock {
  unsigned char tw_substate, tw_rcv_wscale;
  unsigned int tw_usec_ts : 1; /* Linux 6.7 */
  struct timer_list tw_timer;
};

struct tcp_timewait_sock {
  struct inet_timewait_sock tw_sk;
  __u32 tw_rcv_wnd, tw_ts_offset, tw_ts_recent;
};

struct sk_buff {
  struct sk_buff* next;
  struct rb_node rbnode;
  char cb[48];
  unsigned int len, data_len;
  unsigned int end; /* an offset from head where pointers have 64 bits */
  unsigned char *head, *data;
};

struct tcp_skb_cb { __u32 seq, end_seq; };

struct skb_shared_info {
  __u8 nr_frags;
  struct sk_buff* frag_list;
  struct fragment_of_any_name { __u64 any; } frags[1];
};

struct page { unsigned long flags; };
struct pipe_buffer { struct page* page; };
struct pipe_inode_info { struct pipe_buffer* bufs; };
struct file { void* private_data; };
struct fdtable { struct file** fd; };
struct files_struct { struct fdtable* fdt; };
struct task_struct { struct files_struct* files; };

struct bpf_iter_meta {
  struct seq_file* seq;
  __u64 seq_num;
};
struct bpf_iter__task_file {
  struct bpf_iter_meta* meta;
  struct task_struct* task;
  __u32 fd;
  struct file* file;
};
struct bpf_iter__tcp {
  struct bpf_iter_meta* meta;
  struct sock_common* sk_common;
};

#pragma clang attribute pop
/* clang-format on */
