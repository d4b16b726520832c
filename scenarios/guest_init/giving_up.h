// What the first process of a guest does where it cannot go on: there is nobody to return to.
#pragma once

#include <string>

namespace sockcr::guest {

// Says `what` and errno on the console, whose last lines the host shows, and powers off.
[[noreturn]] void give_up(const std::string& what);

void check(bool done, const std::string& what);

}  // namespace sockcr::guest
