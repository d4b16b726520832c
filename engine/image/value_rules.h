// What the attribute table says of one value: range, length, text. Each answers with the reason why
// the value breaks its row, empty when it does not. The same for bytes from a file and for values
// in memory.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "engine/image/attributes.h"

namespace sockcr {

std::string below_range(const AttributeRule& rule, const std::string& value);
std::string above_range(const AttributeRule& rule, const std::string& value);
std::string length_fault(const AttributeRule& rule, std::size_t length);
std::string text_fault(std::span<const std::uint8_t> text);

template <std::integral Integer>
std::string range_fault(const AttributeRule& rule, Integer value) {
  if (std::cmp_less(value, rule.range.min)) return below_range(rule, std::to_string(value));
  if (std::cmp_greater(value, rule.range.max)) return above_range(rule, std::to_string(value));
  return "";
}

}  // namespace sockcr
