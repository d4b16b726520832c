#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sockcr::runner {

// How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Those of `known` that somebody who typed `name` may have meant, best first, at most three.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& known);

// "; did you mean A, B?", or "" when nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace sockcr::runner
