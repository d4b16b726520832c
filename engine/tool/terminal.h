// Colours, where a person looks: standard output is a terminal and NO_COLOR is not set.
#pragma once

#include <string>
#include <string_view>

namespace sockcr {

bool colours_wanted();

enum class Ink { bold, red, green };
std::string inked(Ink ink, std::string_view text);  // plain where no colours are wanted

}  // namespace sockcr
