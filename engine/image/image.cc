#include "engine/image/image.h"

#include <fmt/format.h>
#include <algorithm>

namespace sockcr {

std::string to_text(const Socket& socket) {
  return std::visit([](const auto& kind) { return to_text(kind); }, socket);
}

bool is_of_image(const Image& image, std::int32_t pid) {
  return std::any_of(image.where.begin(), image.where.end(), [&](const SocketCircumstance& where) {
    return std::any_of(where.holders.begin(), where.holders.end(),
                       [&](const Holder& holder) { return holder.pid == pid; });
  });
}

const OpenFile* open_file_of(const Socket& socket) {
  return std::visit(
      [](const auto& kind) -> const OpenFile* {
        if constexpr (requires { kind.file; }) return &kind.file;
        return nullptr;
      },
      socket);
}

OpenFile* open_file_of(Socket& socket) {
  return std::visit(
      [](auto& kind) -> OpenFile* {
        if constexpr (requires { kind.file; }) return &kind.file;
        return nullptr;
      },
      socket);
}

std::string image_id_text(std::uint64_t image_id) { return fmt::format("{:016x}", image_id); }

}  // namespace sockcr
