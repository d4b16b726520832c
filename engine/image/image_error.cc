#include "engine/image/image_error.h"

#include <fmt/format.h>

namespace sockcr {
namespace {

std::string compose(std::string_view record, std::string_view attribute,
                    std::optional<std::size_t> offset, std::string_view reason) {
  const std::string where = offset ? fmt::format(" at offset {}", *offset) : "";
  const std::string_view dot = attribute.empty() ? "" : ".";
  return fmt::format("image refused{}: {}{}{}: {}", where, record, dot, attribute, reason);
}

}  // namespace

ImageError::ImageError(std::string_view record, std::string_view attribute,
                       std::optional<std::size_t> offset, std::string_view reason)
    : std::runtime_error(compose(record, attribute, offset, reason)),
      record_(record),
      attribute_(attribute),
      offset_(offset),
      reason_(reason) {}

}  // namespace sockcr
