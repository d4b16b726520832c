#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sockcr {

// What decides whether a socket hears a packet: classic BPF by its instructions (SO_ATTACH_FILTER),
// or an eBPF program by its name in the kernel (SO_ATTACH_BPF); or nothing. What is in the queue
// has passed it, or came before it.
struct SocketFilter {
  std::vector<std::uint8_t> code{};  // struct sock_filter, of 8 bytes, as SO_GET_FILTER gives them
  // The id of an eBPF program (BPF_PROG_GET_FD_BY_ID): it holds for one boot of one kernel, as long
  // as somebody keeps the program loaded.
  std::uint32_t program = 0;
  std::uint64_t program_tag = 0;  // made of its instructions: the same id may be another's by then

  bool operator==(const SocketFilter&) const = default;
};

// A program of which no system call tells the id: BPF does (engine/bpf/kernel_reader.h). As ids are
// ints, no image can hold it.
inline constexpr std::uint32_t unread_program = 0xffffffff;

inline bool is_none(const SocketFilter& filter) {
  return filter.code.empty() && filter.program == 0;
}

// "6 instructions", "eBPF program 17, tag 6deef7357e7b4530" as bpftool prints it.
std::string to_text(const SocketFilter& filter);

}  // namespace sockcr
