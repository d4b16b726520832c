#include "scenarios/runner/place.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace sockcr::runner {
namespace {

namespace fs = std::filesystem;

bool is_writable(const fs::path& folder) { return ::access(folder.c_str(), W_OK | X_OK) == 0; }

// A folder of somebody else is no place, though it may be writable (root, a mode of 0777): whoever
// owns it could redirect what is written and removed inside. Nor is a symbolic link.
bool is_ours(const struct stat& facts) {
  return S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid();
}

bool can_hold(const fs::path& candidate) {
  struct stat facts {};
  if (::lstat(candidate.c_str(), &facts) == 0) return is_ours(facts) && is_writable(candidate);
  return is_writable(candidate.parent_path());
}

fs::path temporary_folder() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen == '/' ? fs::path(chosen) : fs::path("/tmp");
}

}  // namespace

fs::path output_folder() {
  constexpr const char* name = "run-scenario.out";
  std::error_code no_folder;
  std::vector<fs::path> candidates;
  const fs::path here = fs::current_path(no_folder);
  if (!no_folder) candidates.push_back(here / name);
  candidates.push_back(temporary_folder() / name);
  candidates.push_back(temporary_folder() / fmt::format("{}.{}", name, ::geteuid()));
  const auto good = std::find_if(candidates.begin(), candidates.end(), can_hold);
  return good == candidates.end() ? fs::path() : *good;
}

std::string directory_name(const std::string& case_name, const scenario::CaseRequest& request,
                           std::uint64_t round) {
  std::string name = case_name;
  if (request.cut != "once") name += "." + request.cut;
  if (request.engine != "native") name += "." + request.engine;
  if (round > 0) name += fmt::format(".round{}", round + 1);
  for (char& c : name) {
    if (c == ':' || c == '/') c = '-';
  }
  return name;
}

void clear_directory(const std::string& directory) {
  if (directory.empty()) return;
  std::error_code ignored;  // what cannot be removed, the case will find in its way, and say so
  fs::remove_all(directory, ignored);
}

void remove_if_empty(const fs::path& folder) {
  if (!folder.empty()) ::rmdir(folder.c_str());
}

}  // namespace sockcr::runner
