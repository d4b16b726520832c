// One run of the criu program, and what it says.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/sys/process.h"

namespace sockcr::scenario {

// For whatever it does: one connection takes some hundred milliseconds, in an emulated guest some
// seconds.
inline constexpr Clock::duration criu_patience = std::chrono::minutes(2);

// What CRIU calls an error, without its time and its place in CRIU's source; what every run says
// is left out.
std::vector<std::string> criu_errors_in(const std::string& log);

// The first of these that declares what CRIU does not do; none: it failed.
std::optional<std::string> refusal_in(const std::vector<std::string>& errors);

class CriuRun {
 public:
  // `folder` holds the images and, as ACTION.log, what is said. Throws SystemError where the
  // program cannot be executed.
  CriuRun(const std::string& program, const std::string& action,
          const std::vector<std::string>& more, const std::filesystem::path& folder);

  int descriptor() const { return process_.pidfd().get(); }  // readable when it has ended
  bool succeeds_within(Clock::duration limit);               // false where it is still at work, too
  std::vector<std::string> errors() const;
  std::string last_words() const;  // its last errors; or how it ended

 private:
  std::filesystem::path log_, output_;
  ChildProcess process_;
  std::optional<ChildProcess::Exit> exit_;
};

}  // namespace sockcr::scenario
