#include "scenarios/runner/replaced_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/sys/error.h"
#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

bool is_directory(const std::string& name) {
  struct stat facts {};
  return ::stat(name.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace

ReplacedFile::ReplacedFile(std::string name)
    : name_(std::move(name)),
      temporary_(fmt::format("{}.{}", name_, ::getpid())),
      stream_(is_directory(name_) ? nullptr : std::fopen(temporary_.c_str(), "wxe")) {
  if (stream_ != nullptr) return;
  const int why = is_directory(name_) ? EISDIR : errno;
  throw UsageError(fmt::format("{} cannot be written: {}", name_, std::strerror(why)));
}

ReplacedFile::~ReplacedFile() {
  if (stream_ != nullptr) std::fclose(stream_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void ReplacedFile::commit() {
  const bool whole = std::fflush(stream_) == 0 && std::ferror(stream_) == 0;
  const int why = errno;
  if (std::fclose(std::exchange(stream_, nullptr)) != 0 || !whole) {
    throw SystemError("write", temporary_, why);
  }
  if (std::rename(temporary_.c_str(), name_.c_str()) != 0) {
    throw SystemError("rename", temporary_ + ", " + name_, errno);
  }
  temporary_.clear();
}

}  // namespace sockcr::runner
