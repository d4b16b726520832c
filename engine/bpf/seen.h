/* What our BPF programs hand to the engine: plain C, for both sides read it.
 * Sequence numbers, ports and windows in host order; addresses as on the wire. */
#pragma once

#include <linux/types.h>

enum SeenKind {
  seen_request = 1,    /* struct tcp_request_sock */
  seen_time_wait = 2,  /* struct tcp_timewait_sock, of FIN_WAIT2 too */
  seen_connection = 3, /* struct tcp_sock, but for listeners */
};

/* What a kind does not have is 0. */
struct SeenSocket {
  __u64 cookie;
  __s64 timer; /* jiffies until it fires: of time-wait, or keepalive */
  __u8 local[16], remote[16];
  __u32 interface;
  __u16 local_port, remote_port;
  __u16 family;
  __u8 kind, state;
  __u8 held; /* a struct socket refers to it: some program has, or had, a descriptor */
  __u8 window_scaling, snd_wscale, rcv_wscale;
  __u8 sack, timestamps, microseconds;
  __u16 mss_clamp;
  __u32 ts_recent, ts_offset;
  __u32 snt_isn, rcv_isn;
  __u32 snd_una, snd_nxt, write_seq, rcv_nxt;
  __u32 snd_up; /* behind the urgent byte; nothing is urgent where it is snd_una */
  __u32 snd_wl1, snd_wnd, max_window, rcv_wnd, rcv_wup;
};

/* One group that the socket behind a descriptor is a member of; those of a socket come in the order
 * of its lists, IPv4's first. */
struct SeenMembership {
  __u32 descriptor;
  __u32 interface;
  __u8 group[16];
  __u8 chosen_by[4]; /* imr_address */
  __u16 family;
  __u16 unused;
};

/* The eBPF program that filters for the socket behind a descriptor. */
struct SeenProgram {
  __u64 filter; /* where its struct sk_filter lies: accepted children share their listener's */
  __s64
      references; /* to the program; each struct sk_filter has one, each open file of it another */
  __u32 descriptor, id;
};

enum QueueFault {
  queue_complete = 0,
  queue_without_memory = 1,  /* grown since it was measured: the chunks are used up */
  queue_unreadable = 2,      /* an address is not mapped */
  queue_without_anchor = 3,  /* its bytes lie in pages, and where pages lie is not known */
  queue_of_strange_data = 4, /* fragment lists, device memory, another layout */
  queue_with_gap = 5,        /* lengths and sequence numbers disagree */
};

/* An orphan, and which chunks hold [snd_una, write_seq) without the FIN. */
struct SeenOrphan {
  struct SeenSocket socket;
  __u32 first_chunk, length, fault;
};

/* Filled up to at least one piece, for the verifier knows no relation between two numbers: an
 * offset below one piece and a length of at most one piece never pass the end. */
#define QUEUE_PIECE 4096
struct QueueChunk {
  __u32 used;
  __u8 bytes[2 * QUEUE_PIECE];
};

enum PageFault {
  page_found = 0,
  page_not_in_pipe = 1,
  page_of_strange_struct = 2, /* its size is no power of two: a kernel for debugging */
  page_not_found = 3,
  page_not_at_anchor = 4,
};

/* Where one page lies, its struct page and its bytes; then where every page lies. The asker has
 * written `words` to the beginning of a page, into an empty pipe. */
struct PageQuestion {
  __u64 words[4];
  __u64 page, address; /* in: an anchor that is to hold, or 0; out: the page's own, or 0 */
  __u64 reach;         /* how many GiB away from other memory of the kernel it is looked for */
  __u32 page_shift;
  __u32 index; /* which page of the pipe */
  __s32 pipe;
  __u32 fault;
};
