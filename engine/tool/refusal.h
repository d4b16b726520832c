// What the tool itself objects to, in one line each. What the engine and the machine object to is
// image/image_error.h's and sys/error.h's.
#pragma once

#include <stdexcept>

namespace sockcr {

// ExitCode::failure: it is understood, and not done.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// ExitCode::wrong_use: options that do not fit together, or are not built yet.
struct WrongUse : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace sockcr
