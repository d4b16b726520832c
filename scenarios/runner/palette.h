#pragma once

#include <string_view>

namespace sockcr::runner {

// How things are painted; all empty where nothing is painted.
struct Palette {
  std::string_view good, bad, warn, dim, bold, reset;
  std::string_view bar_done = "=", bar_tip = ">", bar_left = "-";

  static Palette plain() { return {}; }
  static Palette coloured(bool utf8) {
    Palette palette{"\033[32m", "\033[1;31m", "\033[33m", "\033[2m", "\033[1m", "\033[0m"};
    if (utf8) palette.bar_done = "━", palette.bar_tip = "╸", palette.bar_left = "━";
    return palette;
  }
};

}  // namespace sockcr::runner
