/* The multicast groups of the sockets that a process has open, in the kernel's order. What the
 * process asks for itself it holds still meanwhile. */
#pragma once

#include "engine/bpf/kernel.bpf.h"
/* The kernel's types come first. */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "engine/bpf/seen.h"

enum { inet = 2, inet6 = 10 };
/* Of each family; what a socket writes has to fit into one buffer of the iterator (32 KiB). */
enum { most_groups = 256 };

static __always_inline void show_ipv4_groups(struct seq_file* to, __u32 descriptor,
                                             struct ip_mc_socklist* one) {
  for (int i = 0; i < most_groups && one; ++i) {
    struct SeenMembership seen = {.descriptor = descriptor, .family = inet};
    seen.interface = BPF_CORE_READ(one, multi.imr_ifindex);
    const __be32 group = BPF_CORE_READ(one, multi.imr_multiaddr.s_addr);
    const __be32 address = BPF_CORE_READ(one, multi.imr_address.s_addr);
    __builtin_memcpy(seen.group, &group, sizeof(group));
    __builtin_memcpy(seen.chosen_by, &address, sizeof(address));
    bpf_seq_write(to, &seen, sizeof(seen));
    one = BPF_CORE_READ(one, next_rcu);
  }
}

static __always_inline void show_ipv6_groups(struct seq_file* to, __u32 descriptor,
                                             struct ipv6_mc_socklist* one) {
  for (int i = 0; i < most_groups && one; ++i) {
    struct SeenMembership seen = {.descriptor = descriptor, .family = inet6};
    seen.interface = BPF_CORE_READ(one, ifindex);
    bpf_probe_read_kernel(seen.group, sizeof(seen.group), &one->addr);
    bpf_seq_write(to, &seen, sizeof(seen));
    one = BPF_CORE_READ(one, next);
  }
}

SEC("iter/task_file")
int memberships(struct bpf_iter__task_file* at) {
  struct file* file = at->file;
  if (!file) return 0;
  struct socket* socket = bpf_sock_from_file(file);
  if (!socket) return 0;
  struct sock* common = BPF_CORE_READ(socket, sk);
  const __u16 family = BPF_CORE_READ(common, __sk_common.skc_family);
  if (family != inet && family != inet6) return 0;
  struct inet_sock* one = (struct inet_sock*)common;
  show_ipv4_groups(at->meta->seq, at->fd, BPF_CORE_READ(one, mc_list));
  if (family != inet6) return 0;
  show_ipv6_groups(at->meta->seq, at->fd, BPF_CORE_READ(one, pinet6, ipv6_mc_list));
  return 0;
}
