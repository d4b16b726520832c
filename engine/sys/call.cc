#include "engine/sys/call.h"

namespace sockcr {

void throw_system_error(std::string_view name, const std::string& arguments, int error_number) {
  throw SystemError(name, arguments, error_number);
}

}  // namespace sockcr
