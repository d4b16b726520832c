// What the kernel keeps of one end, told by sock_diag: the only view of a socket that no descriptor
// refers to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/process/diag.h"
#include "pcap/flow.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

// In the namespace where that end lives.
std::optional<TcpDiag> find_in_kernel(World& world, Who who);

// All that is in the recording of its conversation so far, of both sides.
std::vector<pcap::Segment> heard_so_far(World& world, Who who);

std::string text_of(const std::optional<TcpDiag>& kept);

}  // namespace sockcr::scenario
