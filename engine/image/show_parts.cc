#include "engine/image/show_parts.h"

#include <fmt/format.h>
#include <algorithm>
#include <span>

#include "engine/image/field_text.h"

namespace sockcr {
namespace {

constexpr std::size_t shown = 16;  // bytes of a queue
constexpr std::size_t line_width = 88;

std::string printable(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += byte >= 0x20 && byte <= 0x7e ? static_cast<char>(byte) : '.';
  }
  return text;
}

}  // namespace

std::string queue_text(const Bytes& queue) {
  if (queue.empty()) return "length 0";
  const auto start = std::span(queue).first(std::min(shown, queue.size()));
  const std::string_view more = queue.size() > shown ? "..." : "";
  return fmt::format("length {}  {}{}  {}{}", queue.size(), hexadecimal(start), more,
                     printable(start), more);
}

// As many in a row as a screen takes.
std::string options_text(const std::vector<OptionValue>& options, const OptionWords& words) {
  std::string text, line;
  const auto end_line = [&] {
    if (!line.empty()) text += row(text.empty() ? "options" : "", line);
    line.clear();
  };
  for (const OptionValue& option : options) {
    const std::string word = words(option);
    if (line.size() + word.size() > line_width) end_line();
    line += (line.empty() ? "" : " ") + word;
  }
  end_line();
  return text;
}

std::string filter_text(const SocketFilter& filter) {
  return is_none(filter) ? "" : row("filter", to_text(filter));
}

}  // namespace sockcr
