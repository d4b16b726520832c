// Firewalls of the user's, which know connections.
#include "engine/sys/error.h"
#include "engine/sys/iptables.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view rules =
    "*filter\n"
    "-A INPUT -p tcp -m conntrack --ctstate INVALID -j DROP\n"
    "-A INPUT -p tcp ! --syn -m conntrack --ctstate NEW -j DROP\n"
    "COMMIT\n";

void guard(World& world, netns::End end) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(end));
  const std::vector<IptablesText> texts{{world.address_family(), std::string(rules)}};
  try {
    const IptablesRestore applied(texts);
  } catch (const SystemError& error) {
    throw Unsupported("a firewall that knows connections", error.what());
  }
}

}  // namespace

Step Firewall::guards_ours(At at) const {
  return {"a firewall lets only known connections in to ours",
          [](World& world) { guard(world, netns::End::ours); }, at, StepKind::laboratory};
}

Step Firewall::guards_peer(At at) const {
  return {"a firewall lets only known connections in to peer",
          [](World& world) { guard(world, netns::End::peer); }, at, StepKind::laboratory};
}

}  // namespace sockcr::scenario
