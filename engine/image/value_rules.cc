#include "engine/image/value_rules.h"

#include <fmt/format.h>
#include <algorithm>

namespace sockcr {
namespace {

std::string because(const AttributeRule& rule) {
  return rule.source.empty() ? "" : fmt::format(" ({})", rule.source);
}

}  // namespace

std::string below_range(const AttributeRule& rule, const std::string& value) {
  return fmt::format("{} is below {}{}", value, rule.range.min, because(rule));
}

std::string above_range(const AttributeRule& rule, const std::string& value) {
  return fmt::format("{} is above {}{}", value, rule.range.max, because(rule));
}

std::string length_fault(const AttributeRule& rule, std::size_t length) {
  const auto [min, max] = rule.length;
  if (length >= min && length <= max) return "";
  if (min == max) return fmt::format("{} bytes long, not {}", length, min);
  return fmt::format("{} bytes long, not {}..{}", length, min, max);
}

// What reaches a terminal must not steer it.
std::string text_fault(std::span<const std::uint8_t> text) {
  const auto bad = std::find_if(text.begin(), text.end(),
                                [](std::uint8_t byte) { return byte < 0x20 || byte > 0x7e; });
  return bad == text.end() ? "" : fmt::format("byte {:#04x} is not printable ASCII", *bad);
}

}  // namespace sockcr
