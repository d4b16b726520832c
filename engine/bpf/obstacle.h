#pragma once

#include <string>

namespace sockcr {

// Why the programs should not even be loaded here; empty when nothing is in the way.
std::string bpf_obstacle();

}  // namespace sockcr
