// A switch with cables: a bridge in a namespace of its own, and veth pairs from it to others.
#pragma once

#include <string>

#include "engine/sys/setns.h"
#include "netns/veth.h"

namespace sockcr::netns {

// It learns where everybody is, forgets it when a cable is pulled, and floods what it does not
// know. It has no address and says nothing itself. Every way through it takes the same number of
// hops, so what one CPU sends keeps its order, from whichever port it comes.
class Switch {
 public:
  // CAP_NET_ADMIN and CAP_SYS_ADMIN. Throws Unsupported where this kernel has no bridge.
  Switch();

  const NetworkNamespace& inside() const { return inside_; }

  // A cable from `port` to `far`, a new device of `where`. Both ends are down.
  void lay_cable(const std::string& port, const VethEnd& far, const NetworkNamespace& where) const;
  // Up: returns when the switch forwards what comes from there (`far` must be up). Down: nothing
  // passes any more, and `far` has no carrier.
  void plug_in(const std::string& port) const;
  void unplug(const std::string& port) const;

 private:
  NetworkNamespace inside_;
};

}  // namespace sockcr::netns
