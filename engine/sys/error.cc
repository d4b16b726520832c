#include "engine/sys/error.h"

#include <fmt/format.h>
#include <cstring>

namespace sockcr {

SystemError::SystemError(std::string_view call, std::string_view argument, int error_number)
    : std::runtime_error(""), call_(call), argument_(argument), error_number_(error_number) {
  compose();
}

SystemError SystemError::about(std::string_view subject) const {
  SystemError copy = *this;
  if (copy.subject_.empty()) copy.subject_ = subject;
  copy.compose();
  return copy;
}

SystemError SystemError::advise(std::string_view next_step) const {
  SystemError copy = *this;
  if (copy.next_step_.empty()) copy.next_step_ = next_step;
  copy.compose();
  return copy;
}

void SystemError::compose() {
  text_ = subject_.empty() ? "" : subject_ + ": ";
  text_ += fmt::format("{}({})", call_, argument_);
  if (error_number_ != 0) text_ += fmt::format(": {}", std::strerror(error_number_));
  if (!next_step_.empty()) text_ += "; " + next_step_;
}

Violation::Violation(std::string_view what, std::string_view expected_, std::string_view actual_)
    : std::runtime_error(fmt::format("{}: expected {}, actual {}", what, expected_, actual_)),
      subject(what),
      expected(expected_),
      actual(actual_) {}

Unsupported::Unsupported(std::string_view feature, std::string_view reason)
    : std::runtime_error(fmt::format("{}: {}", feature, reason)) {}

std::string errno_name(int error_number) {
  const char* name = ::strerrorname_np(error_number);
  return name != nullptr ? name : fmt::format("errno {}", error_number);
}

}  // namespace sockcr
