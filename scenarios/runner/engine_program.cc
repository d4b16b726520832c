#include "scenarios/runner/engine_program.h"

#include <fmt/format.h>
#include <unistd.h>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "engine/sys/program.h"
#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

constexpr std::string_view criu = "criu", criu_at = "criu:";

bool is_program(const std::string& path) {
  std::error_code absent;
  return std::filesystem::is_regular_file(path, absent) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string engine_without_path(const std::string& engine) {
  return engine.starts_with(criu_at) ? std::string(criu) : engine;
}

void require_engine_program(const std::string& engine) {
  if (engine == criu && find_program(criu).empty()) {
    throw std::runtime_error(
        "--engine criu: there is no program criu here: apt-get install criu (ci/bootstrap --with "
        "kernels), or --engine criu:PATH");
  }
  if (!engine.starts_with(criu_at)) return;
  const std::string path = engine.substr(criu_at.size());
  if (!path.starts_with('/')) {
    throw UsageError("--engine criu:PATH takes the absolute path of a criu");
  }
  if (is_program(path)) return;
  throw std::runtime_error(fmt::format("--engine {}: {} is no program", engine, path));
}

}  // namespace sockcr::runner
