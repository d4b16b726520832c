#include "engine/image/membership.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <set>
#include <tuple>

#include "engine/image/address_rules.h"

namespace sockcr {
namespace {

constexpr std::size_t most_memberships = 1024;

auto key_of(const Membership& one) {
  return std::tuple(one.group.family, one.group.bytes, one.device);
}

bool is_v6(const Membership& one) { return one.group.family == AF_INET6; }

std::string host_fault(const Address& host, std::uint16_t family) {
  if (auto fault = correspondent_fault(host, family); !fault.empty()) return fault;
  return host.port == 0 && !is_mapped(host) ? "" : to_text(host) + " is no host";
}

std::string sources_fault(const Membership& one) {
  if (one.include && one.sources.empty()) return "it hears nobody";
  if (one.sources.size() > most_sources) return fmt::format("{} sources", one.sources.size());
  std::set<std::string> seen;
  for (const Address& source : one.sources) {
    if (auto fault = host_fault(source, one.group.family); !fault.empty()) return fault;
    if (is_multicast(source)) return host_text(source) + " is multicast";
    if (!seen.insert(host_text(source)).second) return host_text(source) + " stands here twice";
  }
  return "";
}

std::string fault_of(const Membership& one, std::uint16_t domain) {
  const std::uint16_t family = is_v6(one) ? domain : std::uint16_t{AF_INET};
  if (auto fault = host_fault(one.group, family); !fault.empty()) return fault;
  if (!is_multicast(one.group) || one.group.scope_id != 0) return "it is no group";
  const Address& chosen = one.chosen_by;
  if (is_v6(one) && chosen != Address{}) return "an IPv4 address has chosen the device";
  if (auto fault = bound_fault(chosen, AF_INET); !fault.empty()) return fault;
  if (chosen.port != 0) return to_text(chosen) + " is no host";
  return sources_fault(one);
}

}  // namespace

std::string to_text(const Membership& one) {
  std::vector<std::string> hosts;
  for (const Address& source : one.sources) hosts.push_back(host_text(source));
  std::string text = fmt::format("{} on {}", host_text(one.group), one.device);
  if (!is_unspecified(one.chosen_by)) text += " by " + host_text(one.chosen_by);
  if (one.include) return fmt::format("{} from {} only", text, fmt::join(hosts, ", "));
  return hosts.empty() ? text : fmt::format("{} from all but {}", text, fmt::join(hosts, ", "));
}

bool canonically_before(const Membership& a, const Membership& b) { return key_of(a) < key_of(b); }

std::vector<Membership> in_canonical_order(std::vector<Membership> memberships) {
  std::sort(memberships.begin(), memberships.end(), canonically_before);
  return memberships;
}

std::string memberships_fault(const std::vector<Membership>& all, std::uint16_t domain) {
  if (all.size() > most_memberships) return fmt::format("{} of them", all.size());
  if (!std::is_partitioned(all.begin(), all.end(), [](const auto& one) { return !is_v6(one); })) {
    return "those of IPv4 do not come first";
  }
  std::set<std::string> seen;
  for (const Membership& one : all) {
    const std::string place = fmt::format("{} on {}", host_text(one.group), one.device);
    if (const std::string fault = fault_of(one, domain); !fault.empty()) {
      return fmt::format("{}: {}", place, fault);
    }
    if (!seen.insert(place).second) return place + " stands here twice";
  }
  return "";
}

bool is_member(const std::vector<Membership>& all, const Address& destination,
               const std::string& device) {
  const Address group = unmapped(destination);
  return std::any_of(all.begin(), all.end(), [&](const Membership& one) {
    return one.group.family == group.family && one.group.bytes == group.bytes &&
           one.device == device;
  });
}

}  // namespace sockcr
