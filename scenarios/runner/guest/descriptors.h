// The descriptors that a guest's process is started with.
#pragma once

namespace sockcr::runner {

constexpr int console_descriptor = 1;  // what the kernel says
constexpr int channel_descriptor = 3;  // orders in, answers out; 4 is the same

}  // namespace sockcr::runner
