#include "netns/netem.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netlink/errno.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/netem.h>
#include <netlink/route/tc.h>
#include <cstdio>
#include <exception>
#include <vector>

#include "engine/sys/interface.h"
#include "engine/sys/netlink.h"
#include "netns/netlink_object.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t all_of_them = ~0U;

constexpr std::uint32_t percent(std::uint64_t share) {
  return static_cast<std::uint32_t>(all_of_them * share / 100);
}

constexpr std::uint64_t in_percent(std::uint64_t share) {
  return (share * 100 + all_of_them / 2) / all_of_them;
}

// The device's own, and no more than that.
NetlinkObject<rtnl_qdisc> root_of(const std::string& device) {
  NetlinkObject<rtnl_qdisc> qdisc(rtnl_qdisc_alloc(), rtnl_qdisc_put);
  if (!qdisc) throw SystemError("rtnl_qdisc_alloc", "", ENOMEM);
  rtnl_tc_set_ifindex(TC_CAST(qdisc.get()), static_cast<int>(interface_index(device)));
  rtnl_tc_set_parent(TC_CAST(qdisc.get()), TC_H_ROOT);
  return qdisc;
}

// Without that kind of qdisc, or without any.
bool says_that_there_is_none(int result) {
  return result == -NLE_OBJ_NOTFOUND || result == -NLE_OPNOTSUPP;
}

}  // namespace

// None of them lets one packet overtake another: the witness stands behind the qdisc, and judges
// clocks by the order in which they were read.
Netem netem_for(NetemKind kind) {
  switch (kind) {
    case NetemKind::late:
      return {.delay = 3ms};
    case NetemKind::lossy:
      return {.loss = percent(20)};
    case NetemKind::twice:
      return {.duplicate = all_of_them};
  }
  return {};
}

std::string to_text(const Netem& netem) {
  std::vector<std::string> parts;
  if (netem.delay > 0us) parts.push_back(fmt::format("delay {}us", netem.delay.count()));
  if (netem.loss > 0) parts.push_back(fmt::format("loss {}%", in_percent(netem.loss)));
  if (netem.duplicate > 0) {
    parts.push_back(fmt::format("duplicate {}%", in_percent(netem.duplicate)));
  }
  return fmt::format("{}", fmt::join(parts, " "));
}

std::unique_ptr<NetemDevice> NetemDevice::make(const NetworkNamespace& inside,
                                               const std::string& device, const Netem& netem) {
  const NetworkNamespace::Scope there(inside);
  NetlinkSocket socket(NETLINK_ROUTE);
  const auto qdisc = root_of(device);
  rtnl_tc_set_kind(TC_CAST(qdisc.get()), "netem");
  rtnl_netem_set_limit(qdisc.get(), static_cast<int>(netem.limit));
  rtnl_netem_set_delay(qdisc.get(), static_cast<int>(netem.delay.count()));
  rtnl_netem_set_loss(qdisc.get(), static_cast<int>(netem.loss));
  rtnl_netem_set_duplicate(qdisc.get(), static_cast<int>(netem.duplicate));
  const int added = rtnl_qdisc_add(socket.get(), qdisc.get(), NLM_F_CREATE | NLM_F_EXCL);
  if (says_that_there_is_none(added)) return nullptr;
  netlink_checked(added, fmt::format("add netem {} to {}", to_text(netem), device));
  return std::unique_ptr<NetemDevice>(new NetemDevice(inside, device));
}

NetemDevice::~NetemDevice() {
  try {
    const NetworkNamespace::Scope there(inside_);
    NetlinkSocket socket(NETLINK_ROUTE);
    const auto qdisc = root_of(device_);
    netlink_checked(rtnl_qdisc_delete(socket.get(), qdisc.get()),
                    fmt::format("remove netem from {}", device_));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

}  // namespace sockcr::netns
