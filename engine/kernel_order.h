#pragma once

#include <vector>

#include "engine/bpf/kernel_reader.h"
#include "engine/image/membership.h"

namespace sockcr {

// Puts `memberships` in the order of `groups`, with what has chosen their devices. False, and
// nothing changes, where the two do not tell of the same groups. A group whose device is gone is
// none: nothing comes by it.
bool put_in_kernel_order(std::vector<Membership>& memberships,
                         const std::vector<KernelReader::OrderedGroup>& groups);

}  // namespace sockcr
