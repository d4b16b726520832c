#include "engine/sys/kernel_program.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

#include "engine/sys/call.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

int bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

}  // namespace

FileDescriptor load_filter_program(std::span<const bpf_insn> instructions) {
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  attributes.insns = reinterpret_cast<std::uintptr_t>(instructions.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(instructions.size());
  attributes.license = reinterpret_cast<std::uintptr_t>("");
  return FileDescriptor(call(
      "bpf", [&] { return bpf(BPF_PROG_LOAD, attributes); },
      [&] { return fmt::format("BPF_PROG_LOAD, {{insn_cnt={}}}", instructions.size()); }));
}

std::optional<FileDescriptor> open_program(std::uint32_t id) {
  bpf_attr attributes{};
  attributes.prog_id = id;
  const auto say = [&] { return fmt::format("BPF_PROG_GET_FD_BY_ID, {{prog_id={}}}", id); };
  const int found = try_call(
      "bpf", [&] { return bpf(BPF_PROG_GET_FD_BY_ID, attributes); }, say);
  if (found >= 0) return FileDescriptor(found);
  if (errno == ENOENT) return std::nullopt;
  throw SystemError("bpf", say(), errno);
}

std::uint64_t program_tag(int program) {
  bpf_prog_info info{};
  bpf_attr attributes{};
  attributes.info.bpf_fd = static_cast<__u32>(program);
  attributes.info.info_len = sizeof info;
  attributes.info.info = reinterpret_cast<std::uintptr_t>(&info);
  call(
      "bpf", [&] { return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes); },
      [&] { return fmt::format("BPF_OBJ_GET_INFO_BY_FD, {}", program); });
  std::uint64_t tag = 0;
  for (const std::uint8_t byte : info.tag) tag = tag << 8 | byte;
  return tag;
}

void attach_program(int socket, int program) {
  call(
      "setsockopt",
      [&] { return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program); },
      [&] {
        return fmt::format("{}, SOL_SOCKET, SO_ATTACH_BPF, [{}], {}", socket, program,
                           sizeof program);
      });
}

}  // namespace sockcr
