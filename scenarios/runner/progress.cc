#include "scenarios/runner/progress.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace sockcr::runner {
namespace {

constexpr std::size_t widest_bar = 36, narrowest_bar = 6;

// A piece of the line and its colour: columns are counted on the text alone.
struct Piece {
  std::string text;
  std::string_view colour;
};

std::string count_text(const Progress& progress) {
  if (!progress.total) return fmt::format("{}", progress.done);
  const std::string total = fmt::format("{}", *progress.total);
  return fmt::format("{:>{}}/{}", progress.done, total.size(), total);
}

std::vector<Piece> words_of(const Progress& progress, const Palette& palette) {
  std::vector<Piece> words;
  if (progress.total && *progress.total > 0) {
    words.push_back({fmt::format("{:3}%", progress.done * 100 / *progress.total), palette.bold});
  }
  words.push_back({count_text(progress), ""});
  if (progress.failures > 0) {
    words.push_back({fmt::format("{} failed", progress.failures), palette.bad});
  }
  if (progress.troubles > 0) {
    words.push_back({fmt::format("{} in trouble", progress.troubles), palette.warn});
  }
  if (progress.done > 0) words.push_back({fmt::format("{:.0f}/s", progress.rate()), palette.dim});
  if (const auto left = progress.seconds_left()) {
    words.push_back({duration_text(*left) + " left", palette.dim});
  }
  return words;
}

void repeat(std::string& line, std::string_view glyph, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) line += glyph;
}

std::string bar(const Progress& progress, std::size_t columns, const Palette& palette) {
  const double share = static_cast<double>(progress.done) /
                       static_cast<double>(std::max<std::uint64_t>(*progress.total, 1));
  const auto full =
      std::min(columns, static_cast<std::size_t>(share * static_cast<double>(columns)));
  const bool tip = full < columns && progress.done > 0;
  std::string line(progress.failures > 0 ? palette.bad : palette.good);
  repeat(line, palette.bar_done, full);
  if (tip) line += palette.bar_tip;
  line += palette.reset;
  line += palette.dim;
  repeat(line, palette.bar_left, columns - full - (tip ? 1 : 0));
  return line.append(palette.reset);
}

}  // namespace

double Progress::rate() const { return seconds > 0 ? static_cast<double>(done) / seconds : 0; }

std::optional<double> Progress::seconds_left() const {
  if (!total || done == 0 || done >= *total) return std::nullopt;
  return static_cast<double>(*total - done) / rate();
}

std::string progress_words(const Progress& progress) {
  std::string line;
  for (const Piece& piece : words_of(progress, Palette::plain())) line += "  " + piece.text;
  return line;
}

std::string progress_line(const Progress& progress, std::size_t width, const Palette& palette) {
  std::string words;
  std::size_t columns = 0;
  for (const Piece& piece : words_of(progress, palette)) {
    if (columns + 2 + piece.text.size() > width) break;
    columns += 2 + piece.text.size();
    words += fmt::format("  {}{}{}", piece.colour, piece.text,
                         piece.colour.empty() ? std::string_view() : palette.reset);
  }
  if (!progress.total || width < columns + narrowest_bar + 1) return words;
  return " " + bar(progress, std::min(widest_bar, width - columns - 1), palette) + words;
}

std::string duration_text(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace sockcr::runner
