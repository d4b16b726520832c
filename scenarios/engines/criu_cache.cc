#include "scenarios/engines/criu_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "engine/checkpoint.h"
#include "engine/sys/descriptor.h"
#include "engine/sys/kernel_release.h"
#include "scenarios/engines/criu_run.h"
#include "scenarios/engines/engine.h"

namespace sockcr::scenario {
namespace {

namespace fs = std::filesystem;

constexpr const char* own = "/run/criu.kdat";
FileDescriptor& folder() {
  static FileDescriptor opened;
  return opened;
}

fs::path shared() { return fmt::format("/proc/self/fd/{}/criu.kdat", folder().get()); }

// It is only ever a saving: what cannot be copied another case finds out again.
void share() {
  std::error_code ignored;
  fs::path half_written = shared();
  half_written += fmt::format(".{:x}", choose_image_id());
  fs::copy_file(own, half_written, ignored);
  fs::rename(half_written, shared(), ignored);
}

void find_out(const std::string& program) {
  const fs::path images = "/run/criu-check";
  fs::create_directory(images);
  CriuRun check(program, "check", {}, images);
  if (check.succeeds_within(criu_patience)) return;
  throw Trouble(fmt::format(
      "criu check: {} does not work on Linux {}: {} (Debian's runs under --kernel debian:6.1; a "
      "newer one is --engine criu:PATH)",
      program, kernel_release(), check.last_words()));
}

}  // namespace

void open_criu_cache() {
  const char* path = std::getenv(criu_cache_variable);
  if (path == nullptr) return;
  folder() = FileDescriptor(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

void acquaint_criu(const std::string& program) {
  std::error_code none_yet;
  if (folder().get() >= 0 && fs::copy_file(shared(), own, none_yet)) return;
  find_out(program);
  if (folder().get() >= 0) share();
}

}  // namespace sockcr::scenario
