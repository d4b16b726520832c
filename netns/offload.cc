#include "netns/offload.h"

#include <fmt/format.h>
#include <linux/ethtool_netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <algorithm>
#include <array>
#include <string_view>

#include "engine/sys/error.h"
#include "engine/sys/netlink.h"

namespace sockcr::netns {
namespace {

// The kernel's names begin with what they do. Scatter-gather belongs to them: without it no device
// is given more than it could send by itself.
constexpr std::array<std::string_view, 7> offload_prefixes{
    "tx-checksum", "tx-tcp",     "tx-generic-segmentation", "tx-scatter-gather", "tx-udp",
    "rx-gro",      "rx-checksum"};

bool is_offload(std::string_view name) {
  return std::any_of(offload_prefixes.begin(), offload_prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

class Ethtool {
 public:
  Ethtool() : socket_(NETLINK_GENERIC) {
    family_ = netlink_checked(genl_ctrl_resolve(socket_.get(), "ethtool"),
                              "find ethtool's netlink family");
    nl_socket_disable_auto_ack(socket_.get());
  }

  std::vector<std::string> active(const std::string& device);
  void turn_off(const std::string& device, const std::vector<std::string>& features);

 private:
  NetlinkMessage message(std::uint8_t command, int flags, std::uint32_t header_flags,
                         const std::string& device);

  NetlinkSocket socket_;
  int family_ = 0;
};

NetlinkMessage Ethtool::message(std::uint8_t command, int flags, std::uint32_t header_flags,
                                const std::string& device) {
  NetlinkMessage message(family_, NLM_F_REQUEST | flags);
  const genlmsghdr header{.cmd = command, .version = ETHTOOL_GENL_VERSION, .reserved = 0};
  message.append(&header, sizeof header);
  nlattr* nest = nla_nest_start(message.get(), ETHTOOL_A_FEATURES_HEADER);
  nla_put_string(message.get(), ETHTOOL_A_HEADER_DEV_NAME, device.c_str());
  nla_put_u32(message.get(), ETHTOOL_A_HEADER_FLAGS, header_flags);
  nla_nest_end(message.get(), nest);
  return message;
}

// Walks ACTIVE { BITS { BIT { NAME, VALUE } ... } }; without a mask the listed bits are those set.
std::vector<std::string> names_of(const nlattr* bitset) {
  std::vector<std::string> names;
  const nlattr* bits =
      nla_find(static_cast<nlattr*>(nla_data(bitset)), nla_len(bitset), ETHTOOL_A_BITSET_BITS);
  if (bits == nullptr) return names;
  const nlattr* bit = nullptr;
  int rest = 0;
  nla_for_each_nested(bit, bits, rest) {
    nlattr* name =
        nla_find(static_cast<nlattr*>(nla_data(bit)), nla_len(bit), ETHTOOL_A_BITSET_BIT_NAME);
    if (name != nullptr) names.emplace_back(nla_get_string(name));
  }
  return names;
}

std::vector<std::string> Ethtool::active(const std::string& device) {
  std::vector<std::string> names;
  socket_.dump(message(ETHTOOL_MSG_FEATURES_GET, 0, 0, device),
               fmt::format("read the offloads of {}", device), [&](const nlmsghdr* answer) {
                 const nlattr* found = nlmsg_find_attr(const_cast<nlmsghdr*>(answer), GENL_HDRLEN,
                                                       ETHTOOL_A_FEATURES_ACTIVE);
                 if (found != nullptr) names = names_of(found);
               });
  std::erase_if(names, [](const std::string& name) { return !is_offload(name); });
  return names;
}

// A bit that is listed without VALUE is wanted off; those that are not listed stay. The kernel's
// verdict is the only answer: its report of what changed would come in front of it.
void Ethtool::turn_off(const std::string& device, const std::vector<std::string>& features) {
  NetlinkMessage request =
      message(ETHTOOL_MSG_FEATURES_SET, NLM_F_ACK, ETHTOOL_FLAG_OMIT_REPLY, device);
  nlattr* wanted = nla_nest_start(request.get(), ETHTOOL_A_FEATURES_WANTED);
  nlattr* bits = nla_nest_start(request.get(), ETHTOOL_A_BITSET_BITS);
  for (const std::string& feature : features) {
    nlattr* bit = nla_nest_start(request.get(), ETHTOOL_A_BITSET_BITS_BIT);
    nla_put_string(request.get(), ETHTOOL_A_BITSET_BIT_NAME, feature.c_str());
    nla_nest_end(request.get(), bit);
  }
  nla_nest_end(request.get(), bits);
  nla_nest_end(request.get(), wanted);
  socket_.request(request, fmt::format("turn the offloads of {} off", device));
}

}  // namespace

std::vector<std::string> active_offloads(const std::string& device) {
  return Ethtool().active(device);
}

void disable_offloads(const std::string& device) {
  Ethtool ethtool;
  const auto active = ethtool.active(device);
  if (active.empty()) return;
  ethtool.turn_off(device, active);
  const auto left = ethtool.active(device);
  if (!left.empty()) {
    throw SystemError("ethtool",
                      fmt::format("{}: {} cannot be turned off", device, fmt::join(left, ", ")), 0);
  }
}

}  // namespace sockcr::netns
