#include "engine/tool/terminal.h"

#include <fmt/format.h>
#include <unistd.h>
#include <cstdlib>

namespace sockcr {

bool colours_wanted() {
  static const bool wanted = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

std::string inked(Ink ink, std::string_view text) {
  if (!colours_wanted()) return std::string(text);
  const int code = ink == Ink::bold ? 1 : ink == Ink::red ? 31 : 32;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace sockcr
