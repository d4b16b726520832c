#pragma once

#include <fmt/format.h>
#include <string>

#include "engine/process/diag.h"

namespace sockcr {

// "192.0.2.1:7001 > 192.0.2.2:7002"
inline std::string ends_text(const TcpDiag& found) {
  return fmt::format("{} > {}", to_text(found.local), to_text(found.remote));
}

}  // namespace sockcr
