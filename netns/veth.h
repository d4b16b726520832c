#pragma once

#include <optional>
#include <string>

#include "engine/sys/setns.h"
#include "netns/end.h"

namespace sockcr::netns {

struct VethEnd {
  std::string device;
  std::optional<Mac> mac{};  // else the kernel chooses
};

// A pair of virtual Ethernet devices: `here` in the calling thread's namespace, `there` in the
// other. Both are down.
void make_veth(const VethEnd& here, const VethEnd& there, const NetworkNamespace& other);

// Of the calling thread's namespace.
void set_up(const std::string& device);
void set_down(const std::string& device);

// The longest packet, in bytes from its IP header on.
void set_mtu(const std::string& device, unsigned bytes);

// Waits until `device` sends what it is given; throws SystemError when it does not within twenty
// seconds. A veth end that came up before the other has no carrier; when it gets one, the kernel
// replaces its queue, which drops everything, from a work queue.
void await_carrier(const std::string& device);

}  // namespace sockcr::netns
