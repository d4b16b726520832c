#include "engine/sys/kernel_release.h"

#include <sys/utsname.h>
#include <charconv>
#include <limits>

namespace sockcr {
namespace {

std::optional<unsigned> take_number(std::string_view& text) {
  unsigned value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

}  // namespace

std::string kernel_release() {
  utsname names{};
  ::uname(&names);
  return names.release;
}

std::optional<KernelRelease> parse_kernel_release(std::string_view text) {
  KernelRelease release;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i > 0 && !take(text, ".")) {
      if (i == 1) return std::nullopt;  // a version without a patch level is none
      break;
    }
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    release.parts[i] = *number;
  }
  const auto candidate = take(text, "-rc") ? take_number(text) : std::nullopt;
  release.parts[3] = candidate.value_or(std::numeric_limits<unsigned>::max());
  return release;
}

}  // namespace sockcr
