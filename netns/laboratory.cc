#include "netns/laboratory.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/sys/interface.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
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

// These three in the end's own namespace.
void know_the_other(End end, Lasting lasting) {
  for (const int family : {AF_INET, AF_INET6}) {
    add_neighbour(Laboratory::device(end), Laboratory::address_text(other(end), family),
                  Laboratory::mac(other(end)), lasting);
  }
}

void equip(End end, Layout layout) {
  const std::string device = Laboratory::device(end);
  disable_offloads(device);
  set_up("lo");
  set_up(device);
  add_address(device, Laboratory::address_text(end, AF_INET) + "/24");
  add_address(device, Laboratory::address_text(end, AF_INET6) + "/64");
  if (layout == Layout::wire) know_the_other(end, Lasting::permanent);
}

// Neighbours ask for an IPv6 address in its solicited-node group (RFC 4861 7.2.2), which the kernel
// joins from the same work queue as it adds routes. As long as this is open it hears them.
FileDescriptor listen_for_neighbours(End end) {
  ipv6_mreq group{};
  ::inet_pton(AF_INET6, "ff02::1:ff00:0", &group.ipv6mr_multiaddr);
  in6_addr own{};
  ::inet_pton(AF_INET6, Laboratory::address_text(end, AF_INET6).c_str(), &own);
  std::copy_n(&own.s6_addr[13], 3, &group.ipv6mr_multiaddr.s6_addr[13]);
  group.ipv6mr_interface = interface_index(Laboratory::device(end));
  FileDescriptor member = make_socket(AF_INET6, SOCK_DGRAM, 0);
  set_option_bytes(member.get(), IPPROTO_IPV6, IPV6_JOIN_GROUP, "IPV6_JOIN_GROUP", &group,
                   sizeof group);
  return member;
}

std::string port_of(Place place) { return place == Place::home ? "home" : "away"; }

constexpr const char* outlet_device = "outlet0";

void await_connection(End end) {
  await_carrier(Laboratory::device(end));
  for (const int family : {AF_INET, AF_INET6}) {
    await_route_to(Laboratory::address_text(other(end), family));
  }
}

// What is known of neighbours, and is not permanent, goes when the carrier does: not before.
void get_ready(End end, Layout layout) {
  for (const int family : {AF_INET, AF_INET6}) {
    await_local_route(Laboratory::address_text(end, family));
  }
  await_connection(end);
  if (layout == Layout::switched) know_the_other(end, Lasting::reachable);
}

}  // namespace

std::string Laboratory::device(End end) { return end == End::ours ? "ours0" : "peer0"; }

Mac Laboratory::mac(End end, Place place) {
  const int last = end == End::peer ? 2 : place == Place::home ? 1 : 3;
  return {0x02, 0x00, 0xC0, 0x00, 0x02, static_cast<std::uint8_t>(last)};
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

Laboratory::Surroundings::Surroundings() : away(NetworkNamespace::create()) {}

Laboratory::Laboratory(std::span<const SysctlOverride> overrides, Layout layout)
    : home_(NetworkNamespace::current()),
      peer_(NetworkNamespace::create()),
      sysctls_(pin_both(peer_, overrides)) {
  if (layout == Layout::switched) {
    around_.emplace();
    const NetworkNamespace::Scope scope(around_->away);
    apply_sysctls(End::ours, overrides);
  }
  lay_cables();
  equip(End::ours, layout);
  const NetworkNamespace::Scope scope(peer_);
  equip(End::peer, layout);
  if (around_) {
    around_->asked_for = listen_for_neighbours(End::peer);
    equip_surroundings();
  }
  get_ready(End::peer, layout);
  const NetworkNamespace::Scope back(home_);
  get_ready(End::ours, layout);
}

void Laboratory::lay_cables() const {
  const VethEnd ours{device(End::ours), mac(End::ours)}, peer{device(End::peer), mac(End::peer)};
  if (!around_) return make_veth(ours, peer, peer_);
  around_->hub.lay_cable(port_of(Place::home), ours, home_);
  around_->hub.lay_cable(port_of(Place::away), {device(End::ours), mac(End::ours, Place::away)},
                         around_->away);
  around_->hub.lay_cable("peer", peer, peer_);
  around_->hub.lay_cable("outlet", {outlet_device, std::nullopt}, around_->hub.inside());
}

// Away knows nobody yet, and its cable is not plugged in.
void Laboratory::equip_surroundings() const {
  {
    const NetworkNamespace::Scope scope(around_->away);
    equip(End::ours, Layout::switched);
  }
  const NetworkNamespace::Scope scope(around_->hub.inside());
  set_up(outlet_device);
  for (const std::string& port :
       {port_of(Place::home), std::string("peer"), std::string("outlet")}) {
    around_->hub.plug_in(port);
  }
  await_carrier(outlet_device);
}

void Laboratory::set_mtu(unsigned bytes) const {
  for (const NetworkNamespace* where : everywhere()) {
    const NetworkNamespace::Scope scope(*where);
    netns::set_mtu(device(where == &peer_ ? End::peer : End::ours), bytes);
  }
  if (!around_) return;
  const NetworkNamespace::Scope scope(around_->hub.inside());
  for (const std::string& port :
       {port_of(Place::home), port_of(Place::away), std::string("peer")}) {
    netns::set_mtu(port, bytes);
  }
}

const NetworkNamespace& Laboratory::inside(End end) const {
  if (end == End::peer) return peer_;
  return place_ == Place::home ? home_ : around_->away;
}

std::vector<const NetworkNamespace*> Laboratory::everywhere() const {
  if (!around_) return {&home_, &peer_};
  return {&home_, &peer_, &around_->away};
}

void Laboratory::plug_in() const {
  around_->hub.plug_in(port_of(place_));
  const NetworkNamespace::Scope scope(inside(End::ours));
  await_connection(End::ours);
}

void Laboratory::unplug() const { around_->hub.unplug(port_of(place_)); }

Laboratory::Outlet Laboratory::outlet() const {
  if (!around_) return {home_, device(End::ours)};
  return {around_->hub.inside(), outlet_device};
}

}  // namespace sockcr::netns
