#include "scenarios/runner/unbuilt.h"

#include <fmt/format.h>
#include <array>
#include <CLI/CLI.hpp>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

struct UnbuiltOption {
  const char* name;
  const char* value;  // nullptr: a flag
  const char* about;
};

constexpr std::array<UnbuiltOption, 1> unbuilt_options{{
    {"--report", "DIR", "a report for people"},
}};

// Up to a colon, which separates what the value takes (`criu:PATH`).
const std::map<std::string, std::vector<std::string>> unbuilt_values{
    {"--gate", {"nft", "link"}},
};

[[noreturn]] void refuse_one(const std::string& what) {
  throw UsageError(fmt::format("{} is not built yet", what));
}

}  // namespace

void Unbuilt::add_to(CLI::App& app) {
  for (const UnbuiltOption& option : unbuilt_options) {
    const std::string name = option.name;
    auto* added = option.value == nullptr
                      ? app.add_flag_callback(name, [this, name] { given_.push_back(name); })
                      : app.add_option_function<std::string>(
                            name, [this, name](const std::string&) { given_.push_back(name); });
    if (option.value != nullptr) added->type_name(option.value);
    added->description(option.about)->group("Not built yet");
  }
}

void Unbuilt::refuse() const {
  if (!given_.empty()) refuse_one(given_.front());
}

void Unbuilt::refuse_values(const std::map<std::string, std::vector<std::string>>& given) const {
  for (const auto& [option, values] : given) {
    for (const std::string& value : values) {
      for (const std::string& unbuilt : unbuilt_values.at(option)) {
        if (value.substr(0, value.find(':')) == unbuilt)
          refuse_one(fmt::format("{} {}", option, value));
      }
    }
  }
}

}  // namespace sockcr::runner
