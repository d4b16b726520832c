// The progress bar as a value: one line of text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/runner/palette.h"

namespace sockcr::runner {

struct Progress {
  std::uint64_t done = 0;
  std::optional<std::uint64_t> total;  // nothing: no end
  std::uint64_t failures = 0, troubles = 0;
  double seconds = 0;  // since the start

  double rate() const;                         // cases a second
  std::optional<double> seconds_left() const;  // nothing before it can be told
};

// At most `width` columns, escape sequences not counted.
std::string progress_line(const Progress& progress, std::size_t width, const Palette& palette);

// The same without a bar, for a log.
std::string progress_words(const Progress& progress);

// "850 ms", "12 s", "3:05", "1:02:30".
std::string duration_text(double seconds);

}  // namespace sockcr::runner
