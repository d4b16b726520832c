#include "scenarios/runner/discovery.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "engine/sys/error.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/process_crew.h"
#include "scenarios/runner/program_path.h"

namespace sockcr::runner {
namespace {

namespace fs = std::filesystem;

constexpr auto patience = std::chrono::seconds(10);

std::vector<fs::path> executables_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    std::error_code vanished;
    const bool file = entry.is_regular_file(vanished);
    if (file && ::access(entry.path().c_str(), X_OK) == 0) found.push_back(entry.path());
  }
  if (found.empty()) {
    throw UsageError(
        fmt::format("no scenario binary in {}{} (they are built with: cmake --build --preset dev)",
                    folder.string(), unreadable ? ": " + unreadable.message() : ""));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string why_damaged(const Ended& ended, const std::string& complaint) {
  const std::string end = ended.timed_out ? "no answer" : end_text(ended.exit);
  const std::string words = last_line(ended.diagnostics);
  return fmt::format("--describe: {}{}{}", end, words.empty() ? "" : ": " + words,
                     words.empty() && ended.exit.code == 0 ? ": " + complaint : "");
}

void enter(Catalogue& catalogue, const fs::path& binary, const Ended& ended) {
  std::string complaint;
  try {
    catalogue.scenarios.push_back(
        scenario_from(nlohmann::json::parse(ended.answer), binary.string()));
    return;
  } catch (const nlohmann::json::exception& error) {
    complaint = one_line(error.what());
  }
  catalogue.damaged.push_back({binary.filename().string(), why_damaged(ended, complaint)});
}

void start_one(Crew& crew, Catalogue& catalogue, const std::vector<fs::path>& binaries,
               std::size_t index) {
  const fs::path& binary = binaries[index];
  try {
    crew.start({index, {binary.string(), "--describe"}, STDOUT_FILENO, patience});
  } catch (const SystemError& error) {
    catalogue.damaged.push_back({binary.filename().string(), error.what()});
  }
}

void sort_by_name(Catalogue& catalogue) {
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(catalogue.scenarios.begin(), catalogue.scenarios.end(), by_name);
  std::sort(catalogue.damaged.begin(), catalogue.damaged.end(), by_name);
}

}  // namespace

fs::path scenario_folder() {
  if (const char* chosen = std::getenv("SOCKCR_SCENARIOS"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  return program_path().parent_path() / "scenarios";
}

Catalogue discover(const fs::path& folder) {
  const auto binaries = executables_in(folder);
  Catalogue catalogue;
  ProcessCrew crew;
  for (std::size_t i = 0; i < binaries.size(); ++i) start_one(crew, catalogue, binaries, i);
  while (crew.size() > 0) {
    for (const Ended& ended : crew.wait(patience, -1))
      enter(catalogue, binaries[ended.ticket], ended);
  }
  sort_by_name(catalogue);
  return catalogue;
}

}  // namespace sockcr::runner
