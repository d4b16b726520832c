// Objects of libnl, owned.
#pragma once

#include <fmt/format.h>
#include <netlink/addr.h>
#include <sys/socket.h>
#include <memory>
#include <string>

#include "engine/sys/error.h"
#include "engine/sys/netlink.h"
#include "netns/end.h"

namespace sockcr::netns {

template <class Object>
using NetlinkObject = std::unique_ptr<Object, void (*)(Object*)>;

inline NetlinkObject<nl_addr> hardware_address(const Mac& mac) {
  return {nl_addr_build(AF_UNSPEC, mac.data(), mac.size()), nl_addr_put};
}

// `text`: "192.0.2.1", "2001:db8::1/64".
inline NetlinkObject<nl_addr> network_address(const std::string& text) {
  nl_addr* address = nullptr;
  netlink_checked(nl_addr_parse(text.c_str(), AF_UNSPEC, &address),
                  fmt::format("read the address {}", text));
  return {address, nl_addr_put};
}

}  // namespace sockcr::netns
