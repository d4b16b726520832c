// A rebuild of a raw socket: as of UDP (engine/udp/plan.h), by the same actions.
#pragma once

#include <vector>

#include "engine/image/raw_socket.h"
#include "engine/udp/plan.h"

namespace sockcr {

// The socket must outlive the plan.
UdpPlan plan_build(const RawSocket& socket, const std::vector<OptionValue>& defaults);
UdpPlan plan_complete(const RawSocket& socket, const std::vector<OptionValue>& defaults);
// Of one whose queue was taken out: puts it back.
UdpPlan plan_refresh(const RawSocket& socket);

std::vector<OptionValue> options_of_new_raw_socket(int domain, int protocol);

}  // namespace sockcr
