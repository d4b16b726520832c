#include "scenarios/runner/xml_text.h"

#include <cstddef>
#include <cstdint>

namespace sockcr::runner {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  // 0: no UTF-8
};

std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

Character first_of(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = length_of(first);
  if (length == 0 || length > text.size()) return {};
  std::uint32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return {};
    code = code << 6U | (next & 0x3FU);
  }
  const bool longer_than_needed = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  return longer_than_needed ? Character{} : Character{code, length};
}

// The production Char of the standard, but for the carriage return, which a parser makes a newline.
bool is_xml(std::uint32_t code) {
  return code == '\t' || code == '\n' || (code >= 0x20 && code < 0x7F) ||
         (code >= 0xA0 && code < 0xD800) || (code >= 0xE000 && code < 0xFFFE) ||
         (code >= 0x10000 && code < 0x110000);
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string good;
  while (!text.empty()) {
    const Character character = first_of(text);
    if (character.length > 0 && is_xml(character.code)) {
      good += text.substr(0, character.length);
    } else {
      good += '?';
    }
    text.remove_prefix(character.length > 0 ? character.length : 1);
  }
  return good;
}

}  // namespace sockcr::runner
