#include "engine/image/image.h"

#include <fmt/format.h>

namespace sockcr {

std::string to_text(const Socket& socket) {
  return std::visit([](const auto& kind) { return to_text(kind); }, socket);
}

std::string image_id_text(std::uint64_t image_id) { return fmt::format("{:016x}", image_id); }

}  // namespace sockcr
