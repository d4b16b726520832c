#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "netns/sysctl.h"
#include "scenarios/language/variant.h"

namespace sockcr::scenario {

// How often the connection is cut, or that it is restored in another namespace. `none` is the
// control.
enum class Cut { none, once, twice, elsewhere };

constexpr int rounds_of(Cut cut) { return cut == Cut::elsewhere ? 1 : static_cast<int>(cut); }

// What is particular to a variant's surroundings.
struct Scenery {
  bool always_moves = false;  // every cut goes elsewhere, and that of a second round back again
  bool link_gate = false;     // the gate is ours' cable, pulled out, and no firewall
  unsigned mtu = 0;           // of the wire, in bytes from the IP header on; 0: 1500
  bool datagrams = false;     // they are what is said: gate and witness are concerned with them too
  bool raw = false;           // so are packets of raw sockets: protocol 253, and ICMP
  bool new_address = false;   // elsewhere ours has another address
};

// All that a case depends on besides its timeline.
struct Settings {
  std::string scenario;
  Variant variant;
  Cut cut = Cut::once;
  std::string engine = "native";
  std::uint64_t seed = 1;
  double slow_factor = 1;
  bool compare_images = true;
  std::vector<netns::SysctlOverride> sysctls{};
  Scenery scenery{};

  bool moves() const { return cut == Cut::elsewhere || (cut != Cut::none && scenery.always_moves); }
  bool new_address() const { return moves() && scenery.new_address; }
  std::string case_name() const { return scenario + "." + variant.name(); }
};

}  // namespace sockcr::scenario
