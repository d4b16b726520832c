// Firewalls of the user's, which know connections.
#include <fmt/format.h>

#include "engine/sys/error.h"
#include "engine/sys/iptables.h"
#include "netns/sysctl.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view rules =
    "*filter\n"
    "-A INPUT -p tcp -m conntrack --ctstate INVALID -j DROP\n"
    "-A INPUT -p tcp ! --syn -m conntrack --ctstate NEW -j DROP\n"
    "COMMIT\n";

void apply_to(World& world, netns::End end, const std::string& text, std::string_view what) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(end));
  const std::vector<IptablesText> texts{{world.address_family(), text}};
  try {
    const IptablesRestore applied(texts);
    netns::write_sysctl("net.netfilter.nf_conntrack_tcp_loose", "0");
  } catch (const SystemError& error) {
    throw Unsupported(what, error.what());
  }
}

void guard(World& world, netns::End end) {
  apply_to(world, end, std::string(rules), "a firewall that knows connections");
}

void translate(World& world) {
  if (world.settings.moves()) {
    throw Unsupported("a firewall of ours' that translates addresses, where ours moves",
                      "what it has translated stays behind with it");
  }
  const Address own = address_for(world, Speaker::peer, netns::End::ours, 0);
  const Address second = unmapped(second_address_for(world, 0));
  apply_to(world, netns::End::ours,
           fmt::format("*nat\n-A POSTROUTING -p tcp -s {} -j SNAT --to-source {}\nCOMMIT\n",
                       host_text(own), host_text(second)),
           "a firewall that translates addresses");
}

}  // namespace

Step Firewall::guards_ours(At at) const {
  return {"a firewall lets only known connections in to ours",
          [](World& world) { guard(world, netns::End::ours); }, at, StepKind::laboratory};
}

Step Firewall::translates_ours(At at) const {
  return {"a firewall of ours translates its address to its second one", translate, at,
          StepKind::laboratory};
}

Step Firewall::guards_peer(At at) const {
  return {"a firewall lets only known connections in to peer",
          [](World& world) { guard(world, netns::End::peer); }, at, StepKind::laboratory};
}

}  // namespace sockcr::scenario
