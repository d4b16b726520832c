#include "engine/image/socket_filter.h"

#include <fmt/format.h>

namespace sockcr {

std::string to_text(const SocketFilter& filter) {
  constexpr std::size_t instruction = 8;
  if (filter.program == unread_program) return "eBPF program";
  if (filter.program == 0) return fmt::format("{} instructions", filter.code.size() / instruction);
  return fmt::format("eBPF program {}, tag {:016x}", filter.program, filter.program_tag);
}

}  // namespace sockcr
