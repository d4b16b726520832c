#include "engine/bpf/probe.h"

#include <fmt/format.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

BpfProbe probe_bpf() {
  // r0 = 0; exit
  const bpf_insn program[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_TRACEPOINT;
  attributes.insns = reinterpret_cast<__u64>(program);
  attributes.insn_cnt = 2;
  attributes.license = reinterpret_cast<__u64>("GPL");
  const FileDescriptor loaded(static_cast<int>(try_call(
      "bpf", [&] { return ::syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes); },
      [&] { return std::string("BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_TRACEPOINT}"); })));
  if (loaded) return {true, ""};
  const int error_number = errno;
  return {false, fmt::format("bpf(BPF_PROG_LOAD): {}", std::strerror(error_number))};
}

}  // namespace sockcr
