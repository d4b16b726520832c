// One line of what show.h prints.
#pragma once

#include <string>
#include <string_view>

namespace sockcr {

std::string row(std::string_view name, const std::string& text);

}  // namespace sockcr
