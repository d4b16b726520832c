// What CRIU has found out about the kernel, and keeps in /run/criu.kdat. Every case has a /run of
// its own, and in an emulated guest it takes seconds to find out: the cases of a guest share it.
#pragma once

#include <string>

namespace sockcr::scenario {

// The folder where they do, which lives as long as its guest; none elsewhere.
constexpr const char* criu_cache_variable = "SOCKCR_GUEST_RUN";

// Before the case has a /run of its own.
void open_criu_cache();
// Before a gate closes: CRIU finds out with a connection of its own, over lo, and would wait for it
// for ever. Throws Trouble, with CRIU's last words, where this kernel is none for it.
void acquaint_criu(const std::string& program);

}  // namespace sockcr::scenario
