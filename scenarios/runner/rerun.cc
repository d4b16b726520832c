#include "scenarios/runner/rerun.h"

#include <fmt/format.h>

namespace sockcr::runner {

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string rerun_command(const std::string& command, const std::string& name,
                          const scenario::CaseRequest& request) {
  const scenario::CaseRequest usual;
  std::string line =
      fmt::format("{} {} --cut {} --engine {} --seed {}", command, shell_quoted(name), request.cut,
                  shell_quoted(request.engine), request.seed);
  if (request.gate != usual.gate) line += " --gate " + request.gate;
  if (request.compare) line += " --compare";
  if (!request.compare_images) line += " --no-compare-images";
  return line;
}

}  // namespace sockcr::runner
