// Two network namespaces and the wire between them.
//
//      Layout::wire
//
//      ours (the namespace it is made in)           peer (a new one)
//      ours0   02:00:c0:00:02:01                    peer0   02:00:c0:00:02:02
//      192.0.2.1/24   2001:db8::1/64  <-- wire -->  192.0.2.2/24   2001:db8::2/64
//
//      Layout::switched
//
//      home (where it is made)                                 peer (a new one)
//      ours0   02:00:c0:00:02:01  <-- home --+         +- peer --> peer0   02:00:c0:00:02:02
//      192.0.2.1/24   2001:db8::1/64         |         |       192.0.2.2/24   2001:db8::2/64
//                                            +- switch +
//      away (a new one)                      |         |       (in the switch's own)
//      ours0   02:00:c0:00:02:03  <-- away --+         +- outlet --> outlet0
//      192.0.2.1/24   2001:db8::1/64
//
// Home and away are two places for ours, alike but for the Ethernet address. The cable of one of
// them at most is plugged in at a time, so that nobody ever hears two answers. The two ends know
// each other, but not for ever: who moves has to say so, and has to ask.
//
// Everything that would put frames of its own on the wire, or make a segment look other than it
// was sent, is off: address detection, router solicitation, neighbour discovery, offloads.
#pragma once

#include <sys/socket.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sys/descriptor.h"
#include "engine/sys/setns.h"
#include "netns/end.h"
#include "netns/switch.h"
#include "netns/sysctl.h"

namespace sockcr::netns {

enum class Layout : std::uint8_t { wire, switched };

class Laboratory {
 public:
  // Builds all of it in the calling thread's namespace, to be used inside run_in_sandbox: nothing
  // is taken down again, it vanishes with the namespaces. CAP_NET_ADMIN and CAP_SYS_ADMIN there.
  // Throws SystemError; Unsupported when an overridden sysctl is missing.
  explicit Laboratory(std::span<const SysctlOverride> overrides = {}, Layout layout = Layout::wire);

  // Of ours: the place where it is now.
  const NetworkNamespace& inside(End end) const;
  // All that an end is in, or can be.
  std::vector<const NetworkNamespace*> everywhere() const;

  // Of ours' cable, where it is now; for Layout::switched.
  void plug_in() const;  // returns when it carries, and both families have their routes
  void unplug() const;
  // Ours is at its other place from here on: inside() and mac_now() say so. The cables stay as they
  // are, and so does the calling thread.
  void move() { place_ = other(place_); }
  Place place() const { return place_; }

  // Of every device that a frame between the ends passes.
  void set_mtu(unsigned bytes) const;

  // A device from which frames reach the peer in order with those of ours, wherever ours is.
  struct Outlet {
    const NetworkNamespace& inside;
    std::string device;
  };
  Outlet outlet() const;

  // The table of sysctls as it was applied.
  const std::vector<AppliedSysctl>& sysctls() const { return sysctls_; }

  static std::string device(End end);  // "ours0", "peer0"
  static Mac mac(End end, Place place = Place::home);
  Mac mac_now(End end) const { return mac(end, place_); }
  // `family`: AF_INET or AF_INET6; `port` in host order.
  static sockaddr_storage address(End end, int family, std::uint16_t port);
  static std::string address_text(End end, int family);  // "192.0.2.1", "2001:db8::1"

 private:
  // What only Layout::switched has.
  struct Surroundings {
    Surroundings();
    Switch hub;
    NetworkNamespace away;
    FileDescriptor asked_for;  // the peer: from away, where nobody is known
  };

  void lay_cables() const;
  void equip_surroundings() const;

  NetworkNamespace home_, peer_;
  std::optional<Surroundings> around_;
  Place place_ = Place::home;
  std::vector<AppliedSysctl> sysctls_;
};

}  // namespace sockcr::netns
