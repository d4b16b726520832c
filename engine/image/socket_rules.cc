#include "engine/image/socket_rules.h"

#include <set>
#include <utility>

namespace sockcr {
namespace {

constexpr std::size_t most_options = 1024;  // Linux has some 250 that can be set

}  // namespace

std::string options_fault(const std::vector<OptionValue>& options) {
  if (options.size() > most_options) {
    return fmt::format("{} options, a socket has at most {}", options.size(), most_options);
  }
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  for (const OptionValue& option : options) {
    if (seen.emplace(option.level, option.number).second) continue;
    return fmt::format("level {} number {} stands here twice", option.level, option.number);
  }
  return "";
}

}  // namespace sockcr
