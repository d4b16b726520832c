/* The eBPF programs that filter for the sockets which a process has open. */
#pragma once

#include "engine/bpf/kernel.bpf.h"
/* The kernel's types come first. */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "engine/bpf/seen.h"

/* Classic filters are programs too, without an id. */
SEC("iter/task_file")
int programs(struct bpf_iter__task_file* at) {
  struct file* file = at->file;
  if (!file) return 0;
  struct socket* socket = bpf_sock_from_file(file);
  if (!socket) return 0;
  struct sk_filter* filter = BPF_CORE_READ(socket, sk, sk_filter);
  if (!filter) return 0;
  struct bpf_prog_aux* program = BPF_CORE_READ(filter, prog, aux);
  struct SeenProgram seen = {.filter = (__u64)filter, .descriptor = at->fd};
  seen.id = BPF_CORE_READ(program, id);
  seen.references = BPF_CORE_READ(program, refcnt.counter);
  if (seen.id != 0) bpf_seq_write(at->meta->seq, &seen, sizeof(seen));
  return 0;
}
