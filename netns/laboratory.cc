#include "netns/laboratory.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "netns/address.h"
#include "netns/neighbour.h"
#include "netns/offload.h"
#include "netns/veth.h"

namespace sockcr::netns {
namespace {

std::vector<AppliedSysctl> pin_both(const NetworkNamespace& peer,
                                    std::span<const SysctlOverride> overrides) {
  std::vector<AppliedSysctl> applied = apply_sysctls(End::ours, overrides);
  const NetworkNamespace::Scope scope(peer);
  for (AppliedSysctl& one : apply_sysctls(End::peer, overrides)) applied.push_back(std::move(one));
  return applied;
}

// In the end's own namespace.
void equip(End end) {
  const std::string device = Laboratory::device(end);
  disable_offloads(device);
  add_address(device, Laboratory::address_text(end, AF_INET) + "/24");
  add_address(device, Laboratory::address_text(end, AF_INET6) + "/64");
  for (const int family : {AF_INET, AF_INET6}) {
    add_neighbour(device, Laboratory::address_text(other(end), family),
                  Laboratory::mac(other(end)));
  }
  set_up("lo");
  set_up(device);
}

void await_readiness(End end) {
  await_carrier(Laboratory::device(end));
  for (const int family : {AF_INET, AF_INET6}) {
    await_local_route(Laboratory::address_text(end, family));
    await_route_to(Laboratory::address_text(other(end), family));
  }
}

}  // namespace

std::string Laboratory::device(End end) { return end == End::ours ? "ours0" : "peer0"; }

Mac Laboratory::mac(End end) {
  return {0x02, 0x00, 0xC0, 0x00, 0x02, static_cast<std::uint8_t>(end == End::ours ? 1 : 2)};
}

std::string Laboratory::address_text(End end, int family) {
  const char* last = end == End::ours ? "1" : "2";
  return (family == AF_INET6 ? "2001:db8::" : "192.0.2.") + std::string(last);
}

sockaddr_storage Laboratory::address(End end, int family, std::uint16_t port) {
  sockaddr_storage storage{};
  storage.ss_family = static_cast<sa_family_t>(family);
  const std::string text = address_text(end, family);
  if (family == AF_INET6) {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
    ::inet_pton(AF_INET6, text.c_str(), &in6.sin6_addr);
    in6.sin6_port = htons(port);
  } else {
    auto& in = reinterpret_cast<sockaddr_in&>(storage);
    ::inet_pton(AF_INET, text.c_str(), &in.sin_addr);
    in.sin_port = htons(port);
  }
  return storage;
}

Laboratory::Laboratory(std::span<const SysctlOverride> overrides)
    : ours_(NetworkNamespace::current()),
      peer_(NetworkNamespace::create()),
      sysctls_(pin_both(peer_, overrides)) {
  make_veth({device(End::ours), mac(End::ours)}, {device(End::peer), mac(End::peer)}, peer_);
  equip(End::ours);
  const NetworkNamespace::Scope scope(peer_);
  equip(End::peer);
  await_readiness(End::peer);
  const NetworkNamespace::Scope back(ours_);
  await_readiness(End::ours);
}

}  // namespace sockcr::netns
