/* The bytes that an orphan has still to deliver, copied into chunks.
 *
 *   snd_una                        snd_nxt                        write_seq
 *   |--- tcp_rtx_queue: by number ---|--- sk_write_queue: a list ---|-F-|
 *
 * Both hold struct sk_buff: bytes at `data`, and more in fragments of pages. */
#pragma once

#include "engine/bpf/describe.bpf.h"
#include "engine/bpf/pages.bpf.h"

enum { longest_branch = 64, most_steps = 1 << 22, fin = 1 };

struct Chunks {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
  __uint(key_size, sizeof(__u32));
  __uint(value_size, sizeof(struct QueueChunk));
};

/* As many as the queues need, put here before a pass. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1);
  __type(key, __u32);
  __array(values, struct Chunks);
} arena SEC(".maps");

/* As skb_frag_t has been since Linux 5.4 under three names, on machines of 64 bits; that the
 * lengths of a buffer's fragments add up proves it. */
struct Fragment {
  __u64 page;
  __u32 length, offset;
};

/* In memory and not on the stack, where the verifier would follow every value of it. */
struct {
  __u64 tree, list, end_of_list; /* struct rb_node, struct sk_buff, what the last one points to */
  __u32 next_seq, write_seq;
  __u32 skip;           /* bytes in front of snd_una */
  __u64 fragments;      /* of the current buffer */
  __u32 fragments_left; /* their number, */
  __u32 paged_left;     /* and their bytes */
  __u64 source;         /* of the current run of bytes */
  __u32 left;
  __u32 chunk, used; /* where the next byte goes to */
  __u32 length, fault;
} walk;

/* A step that is the last. */
static __always_inline long stop(__u32 fault) {
  walk.fault = fault;
  return 1;
}

static __always_inline __s32 is_before(__u32 a, __u32 b) { return (__s32)(a - b) < 0; }

static __always_inline struct tcp_skb_cb* control_of(struct sk_buff* buffer) {
  return (struct tcp_skb_cb*)&buffer->cb;
}

static __always_inline struct sk_buff* sent_at(__u32 seq) {
  struct rb_node* node = (struct rb_node*)walk.tree;
  for (int depth = 0; node && depth < longest_branch; ++depth) {
    struct sk_buff* buffer = (void*)node - bpf_core_field_offset(((struct sk_buff*)0)->rbnode);
    struct tcp_skb_cb* control = control_of(buffer);
    if (is_before(seq, BPF_CORE_READ(control, seq))) {
      node = BPF_CORE_READ(node, rb_left);
    } else if (is_before(seq, BPF_CORE_READ(control, end_seq))) {
      return buffer;
    } else {
      node = BPF_CORE_READ(node, rb_right);
    }
  }
  return 0;
}

static __always_inline struct sk_buff* unsent_at(__u32 seq) {
  if (walk.list == walk.end_of_list) return 0;
  struct sk_buff* buffer = (struct sk_buff*)walk.list;
  if (BPF_CORE_READ(control_of(buffer), seq) != seq) return 0;
  walk.list = (__u64)BPF_CORE_READ(buffer, next);
  return buffer;
}

static __always_inline long open_run(__u64 source, __u32 length) {
  const __u32 skipped = walk.skip < length ? walk.skip : length;
  walk.skip -= skipped;
  walk.source = source + skipped;
  walk.left = length - skipped;
  return 0;
}

static __always_inline long open_fragment(void) {
  struct Fragment fragment = {};
  if (bpf_probe_read_kernel(&fragment, sizeof(fragment), (void*)walk.fragments)) {
    return stop(queue_unreadable);
  }
  walk.fragments += sizeof(fragment);
  walk.fragments_left -= 1;
  if (fragment.length > walk.paged_left) return stop(queue_of_strange_data);
  walk.paged_left -= fragment.length;
  const __u64 page = address_of(fragment.page);
  if (!page) return stop(anchor.address ? queue_of_strange_data : queue_without_anchor);
  return open_run(page + fragment.offset, fragment.length);
}

static __always_inline long open_buffer(void) {
  if (walk.paged_left || walk.skip) return stop(queue_of_strange_data);
  if (walk.next_seq == walk.write_seq) return stop(queue_complete);
  struct sk_buff* buffer = sent_at(walk.next_seq);
  if (!buffer) buffer = unsent_at(walk.next_seq);
  if (!buffer) return stop(queue_with_gap);
  const __u32 seq = BPF_CORE_READ(control_of(buffer), seq);
  const __u32 end_seq = BPF_CORE_READ(control_of(buffer), end_seq);
  const __u32 length = BPF_CORE_READ(buffer, len), paged = BPF_CORE_READ(buffer, data_len);
  const __u32 last = end_seq == walk.write_seq ? fin : 0;
  if (end_seq - seq != length + last || paged > length) return stop(queue_with_gap);
  struct skb_shared_info* shared = (void*)BPF_CORE_READ(buffer, head) + BPF_CORE_READ(buffer, end);
  if (BPF_CORE_READ(shared, frag_list)) return stop(queue_of_strange_data);
  walk.skip = walk.next_seq - seq;
  walk.next_seq = end_seq;
  walk.fragments = (__u64)&shared->frags;
  walk.fragments_left = BPF_CORE_READ(shared, nr_frags);
  walk.paged_left = paged;
  return open_run((__u64)BPF_CORE_READ(buffer, data), length - paged);
}

static __always_inline struct QueueChunk* current_chunk(void) {
  const __u32 the_only = 0, index = walk.chunk;
  void* chunks = bpf_map_lookup_elem(&arena, &the_only);
  return chunks ? bpf_map_lookup_elem(chunks, &index) : 0;
}

static __always_inline long copy_piece(void) {
  struct QueueChunk* chunk = current_chunk();
  if (!chunk) return stop(queue_without_memory);
  __u32 used = walk.used, length = walk.left;
  if (used >= QUEUE_PIECE) return stop(queue_without_memory);
  if (length > QUEUE_PIECE) length = QUEUE_PIECE;
  if (bpf_probe_read_kernel(chunk->bytes + used, length, (void*)walk.source)) {
    return stop(queue_unreadable);
  }
  walk.source += length;
  walk.left -= length;
  walk.length += length;
  walk.used = chunk->used = used + length;
  if (walk.used >= QUEUE_PIECE) {
    walk.chunk += 1;
    walk.used = 0;
  }
  return 0;
}

static long take_step(__u32 i, void* unused) {
  if (walk.left) return copy_piece();
  if (walk.fragments_left) return open_fragment();
  return open_buffer();
}

static __always_inline void copy_queue(struct sock* socket, struct SeenOrphan* orphan) {
  walk.tree = (__u64)BPF_CORE_READ(socket, tcp_rtx_queue.rb_node);
  walk.list = (__u64)BPF_CORE_READ(socket, sk_write_queue.next);
  walk.end_of_list = (__u64)&socket->sk_write_queue;
  walk.next_seq = orphan->socket.snd_una;
  walk.write_seq = orphan->socket.write_seq;
  walk.skip = walk.left = walk.fragments_left = walk.paged_left = walk.length = 0;
  walk.fault = queue_with_gap;
  bpf_loop(most_steps, take_step, 0, 0);
  if (walk.fault == queue_complete &&
      walk.length + fin != walk.write_seq - orphan->socket.snd_una) {
    walk.fault = queue_with_gap;
  }
}

SEC("iter/tcp")
int orphans(struct bpf_iter__tcp* at) {
  struct sock_common* socket = at->sk_common;
  if (!socket) return 0;
  if (at->meta->seq_num == 0) walk.chunk = 0;
  struct tcp_sock* connection = bpf_skc_to_tcp_sock(socket);
  if (!connection) return 0;
  struct SeenOrphan orphan = {};
  describe_ends(socket, &orphan.socket);
  describe_connection(connection, &orphan.socket);
  if (!is_orphan(&orphan.socket)) return 0;
  orphan.first_chunk = walk.chunk;
  walk.used = 0;
  copy_queue((struct sock*)connection, &orphan);
  orphan.length = walk.length;
  orphan.fault = walk.fault;
  if (walk.used) walk.chunk += 1; /* what one begins, no other continues */
  /* Where the reader's buffer is full, the kernel shows us the socket once more. */
  if (bpf_seq_write(at->meta->seq, &orphan, sizeof(orphan))) walk.chunk = orphan.first_chunk;
  return 0;
}
