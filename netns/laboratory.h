// Two network namespaces and the wire between them.
//
//      ours (the namespace it is made in)           peer (a new one)
//      ours0   02:00:c0:00:02:01                    peer0   02:00:c0:00:02:02
//      192.0.2.1/24   2001:db8::1/64  <-- wire -->  192.0.2.2/24   2001:db8::2/64
//
// Everything that would put frames of its own on the wire, or make a segment look other than it
// was sent, is off: address detection, router solicitation, neighbour discovery, offloads.
#pragma once

#include <sys/socket.h>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sys/setns.h"
#include "netns/end.h"
#include "netns/sysctl.h"

namespace sockcr::netns {

class Laboratory {
 public:
  // Builds all of it in the calling thread's namespace, to be used inside run_in_sandbox: nothing
  // is taken down again, it vanishes with the namespaces. CAP_NET_ADMIN and CAP_SYS_ADMIN there.
  // Throws SystemError; Unsupported when an overridden sysctl is missing.
  explicit Laboratory(std::span<const SysctlOverride> overrides = {});

  const NetworkNamespace& inside(End end) const { return end == End::ours ? ours_ : peer_; }

  // The table of sysctls as it was applied.
  const std::vector<AppliedSysctl>& sysctls() const { return sysctls_; }

  static std::string device(End end);  // "ours0", "peer0"
  static Mac mac(End end);
  // `family`: AF_INET or AF_INET6; `port` in host order.
  static sockaddr_storage address(End end, int family, std::uint16_t port);
  static std::string address_text(End end, int family);  // "192.0.2.1", "2001:db8::1"

 private:
  NetworkNamespace ours_, peer_;
  std::vector<AppliedSysctl> sysctls_;
};

}  // namespace sockcr::netns
