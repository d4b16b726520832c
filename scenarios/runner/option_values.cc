#include "scenarios/runner/option_values.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::IsMember(std::move(words)).description("");
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[=](std::string& text) {
            const auto value = number<std::uint64_t>(text);
            const bool good = value && *value >= least && *value <= most;
            return good ? ""
                        : fmt::format("{} is no whole number from {} to {}", text, least, most);
          },
          ""};
}

CLI::Validator factor(double least, double most) {
  return {[=](std::string& text) {
            const auto value = number<double>(text);
            const bool good = value && *value >= least && *value <= most;  // NaN is neither
            return good ? "" : fmt::format("{} is no number from {} to {}", text, least, most);
          },
          ""};
}

std::vector<std::string> parse_cuts(const std::string& text) {
  const std::vector<std::string> known{"none", "once", "twice", "elsewhere"};
  std::vector<std::string> cuts;
  std::istringstream words(text + ",");
  for (std::string word; std::getline(words, word, ',');) {
    if (std::count(known.begin(), known.end(), word) == 0) {
      throw UsageError(fmt::format("--cut: \"{}\" is none of {}", word, fmt::join(known, ", ")));
    }
    if (std::count(cuts.begin(), cuts.end(), word) == 0) cuts.push_back(word);
  }
  return cuts;
}

Shard parse_shard(const std::string& text) {
  const auto slash = text.find('/');
  const auto index = number<std::uint64_t>(std::string_view(text).substr(0, slash)).value_or(0);
  const auto rest = slash == text.npos ? "" : std::string_view(text).substr(slash + 1);
  const auto count = number<std::uint64_t>(rest).value_or(0);
  if (index == 0 || index > count) {
    throw UsageError(fmt::format("--shard: {} is no I/N with 1 <= I <= N", text));
  }
  return {index, count};
}

}  // namespace sockcr::runner
