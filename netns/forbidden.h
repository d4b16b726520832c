#pragma once

#include <string>

namespace sockcr::netns {

// Why this machine refuses namespaces with `error_number`, and what to do about it, in one clause.
// Reads the switches that distributions have for it.
std::string why_forbidden(int error_number);

}  // namespace sockcr::netns
