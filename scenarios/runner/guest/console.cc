#include "scenarios/runner/guest/console.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "scenarios/runner/answer.h"

namespace sockcr::runner {
namespace {

constexpr std::string_view panic_mark = "Kernel panic - not syncing";

// How the kernel begins a report, or names what it is of; not "WARNING: " alone, which others
// print.
constexpr std::array<std::string_view, 16> marks{
    panic_mark,
    "BUG: ",
    "kernel BUG at ",
    "WARNING: CPU:",  // Linux 6.19 says the place first, and the processor behind it
    "WARNING: possible ",
    "WARNING: inconsistent lock state",
    "WARNING: bad unlock balance",
    "WARNING: suspicious RCU",
    "Oops: ",
    "[#1]",  // ends the first line of every oops: "divide error: 0000 [#1]"
    "general protection fault",
    "Unable to handle kernel",
    "Kernel mode fault",
    "UBSAN: ",
    "INFO: task ",
    "INFO: rcu",
};
constexpr std::string_view cut_here = "------------[ cut here ]------------";  // in front of a WARN

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// As words of their own: "DEBUG: " is no bug.
bool holds(std::string_view line, std::string_view mark) {
  const auto at = line.find(mark);
  return at != line.npos &&
         (at == 0 || std::isalnum(static_cast<unsigned char>(line[at - 1])) == 0);
}

bool names(std::string_view line) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return holds(line, mark); });
}

bool begins(std::string_view line) { return names(line) || holds(line, cut_here); }

// A WARN may say something of its own first.
bool names_what_was_cut(std::string_view line) { return names(line) || holds(line, "WARNING: "); }

// Without "[   12.345678] ".
std::string headline_of(std::string_view line) {
  if (const auto stamp = line.find("] "); line.starts_with('[') && stamp != line.npos) {
    line.remove_prefix(stamp + 2);
  }
  return one_line(line);
}

std::string joined(const std::vector<std::string_view>& lines, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    text.append(line).append("\n");
  }
  return text;
}

}  // namespace

std::optional<Complaint> complaint_in(std::string_view text) {
  const auto lines = lines_of(text);
  const auto first = std::find_if(lines.begin(), lines.end(), begins);
  if (first == lines.end()) return std::nullopt;
  const auto named = std::find_if(first, lines.end(), names_what_was_cut);
  const auto panic = std::find_if(
      first, lines.end(), [](std::string_view line) { return line.find(panic_mark) != line.npos; });
  const auto headline = panic != lines.end() ? panic : named != lines.end() ? named : first;
  return Complaint{headline_of(*headline),
                   joined(lines, static_cast<std::size_t>(first - lines.begin())),
                   panic != lines.end()};
}

std::string last_lines(std::string_view text, std::size_t count) {
  auto lines = lines_of(text);
  std::erase_if(lines, [](std::string_view line) { return one_line(line).empty(); });
  return joined(lines, lines.size() > count ? lines.size() - count : 0);
}

}  // namespace sockcr::runner
