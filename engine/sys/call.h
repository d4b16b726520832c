// One way to make a system call: errno is kept before anything else runs, the call goes into the
// current trace, and a failure becomes a SystemError that names the call and its arguments.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/sys/error.h"
#include "engine/sys/trace.h"

namespace sockcr {

[[noreturn]] void throw_system_error(std::string_view name, const std::string& arguments,
                                     int error_number);

// `invoke` makes the call, `describe` tells its arguments as strace would; it runs only when
// somebody reads it. Returns the (negative) result of a failed call too: for calls whose failure is
// an answer.
template <class Invoke, class Describe>
auto try_call(std::string_view name, Invoke&& invoke, Describe&& describe) {
  const auto result = invoke();
  const int error_number = errno;
  if (Trace* trace = Trace::current()) {
    trace->record(name, describe(), static_cast<long>(result), error_number);
  }
  errno = error_number;
  return result;
}

template <class Invoke, class Describe>
auto call(std::string_view name, Invoke&& invoke, Describe&& describe) {
  const auto result = try_call(name, invoke, describe);
  if (result < 0) {
    const int error_number = errno;
    throw_system_error(name, describe(), error_number);
  }
  return result;
}

}  // namespace sockcr
