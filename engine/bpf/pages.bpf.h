/* From a struct page to its bytes. Kernels keep their page structs in one array, and map all memory
 * at one distance (CONFIG_SPARSEMEM_VMEMMAP), but tell nobody where; one known pair tells it:
 *
 *   struct page   ...[anchor.page]......[page]...         1 << page_struct_shift apart
 *   memory        ...[anchor.address]........[address]... 1 << page_shift apart
 *
 * The pair is found by what its owner has written into the page. */
#pragma once

#include "engine/bpf/kernel.bpf.h"
/* The kernel's types come first. */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "engine/bpf/seen.h"

enum { gib_shift = 30 };

struct {
  __u64 page, address; /* 0: not known */
  __u32 page_shift, page_struct_shift;
} anchor;

/* 0 for what is no page struct of memory: its lowest bit marks memory of a device. */
static __always_inline __u64 address_of(__u64 page) {
  __s64 distance = page - anchor.page;
  if (!anchor.address || page & 1) return 0;
  if (distance & ((1LL << anchor.page_struct_shift) - 1)) return 0;
  return anchor.address + ((distance >> anchor.page_struct_shift) << anchor.page_shift);
}

/* -1 where there is none: 64 bytes almost everywhere. */
static __always_inline __s32 shift_of_page_struct(void) {
  __u64 size = bpf_core_type_size(struct page);
  for (__s32 shift = 5; shift < 10; ++shift) {
    if (size == 1ULL << shift) return shift;
  }
  return -1;
}

static __always_inline __u64 page_in_pipe(__s32 descriptor, __u32 index) {
  struct task_struct* task = (struct task_struct*)bpf_get_current_task();
  struct file** files = BPF_CORE_READ(task, files, fdt, fd);
  struct file* file = 0;
  bpf_probe_read_kernel(&file, sizeof(file), files + descriptor);
  struct pipe_inode_info* pipe = BPF_CORE_READ(file, private_data);
  __u64 buffer = (__u64)BPF_CORE_READ(pipe, bufs);
  if (!buffer) return 0;
  buffer += index * bpf_core_type_size(struct pipe_buffer);
  return (__u64)BPF_CORE_READ((struct pipe_buffer*)buffer, page);
}

struct {
  struct PageQuestion question;
  __u64 first; /* candidate */
} search;

static __always_inline bool is_found_at(__u64 address, const __u64* words) {
  __u64 found[4] = {};
  if (bpf_probe_read_kernel(found, sizeof(found), (void*)address)) return false;
  return found[0] == words[0] && found[1] == words[1] && found[2] == words[2] &&
         found[3] == words[3];
}

/* 0, 1, -1, 2, -2, ... GiB away. */
static long try_address(__u32 i, void* unused) {
  __s64 distance = i & 1 ? (i + 1) / 2 : -(__s64)(i / 2);
  __u64 address = search.first + (distance << gib_shift);
  if (!is_found_at(address, search.question.words)) return 0;
  search.question.address = address;
  return 1;
}

/* Both arrays are aligned to so much that the lowest bits of one place tell those of the other;
 * `near` is memory of the kernel. */
static __always_inline void look_around(__u64 near) {
  const __u64 mask = (1ULL << gib_shift) - 1;
  const __u64 within = search.question.page >> anchor.page_struct_shift
                                                   << search.question.page_shift;
  search.first = (near & ~mask) | (within & mask);
  search.question.address = 0;
  bpf_loop(2 * search.question.reach, try_address, 0, 0);
}

static __always_inline __u32 answer(struct PageQuestion* question) {
  const __s32 shift = shift_of_page_struct();
  if (shift < 0) return page_of_strange_struct;
  anchor.page_struct_shift = shift;
  anchor.page_shift = question->page_shift;
  anchor.page = question->page;
  anchor.address = question->address;
  question->page = page_in_pipe(question->pipe, question->index);
  if (!question->page) return page_not_in_pipe;
  if (anchor.address) {
    question->address = address_of(question->page);
    if (is_found_at(question->address, question->words)) return page_found;
    anchor.address = 0;
    return page_not_at_anchor;
  }
  search.question = *question;
  look_around(bpf_get_current_task());
  question->address = search.question.address;
  return question->address ? page_found : page_not_found;
}

SEC("syscall")
int find_page(struct PageQuestion* question) {
  struct PageQuestion copy = *question;
  copy.fault = answer(&copy);
  *question = copy;
  return 0;
}
