#include "engine/kernel_order.h"

#include <net/if.h>
#include <algorithm>
#include <string>

namespace sockcr {
namespace {

std::string device_of(std::uint32_t index) {
  char name[IF_NAMESIZE] = "";
  return ::if_indextoname(index, name) != nullptr ? name : "";
}

}  // namespace

bool put_in_kernel_order(std::vector<Membership>& memberships,
                         const std::vector<KernelReader::OrderedGroup>& groups) {
  std::vector<Membership> ordered;
  for (const KernelReader::OrderedGroup& group : groups) {
    const std::string device = device_of(group.interface);
    const auto found = std::find_if(
        memberships.begin(), memberships.end(),
        [&](const Membership& one) { return one.group == group.group && one.device == device; });
    if (found == memberships.end()) continue;
    ordered.push_back(*found);
    ordered.back().chosen_by = group.chosen_by;
  }
  if (ordered.size() != memberships.size()) return false;
  memberships = std::move(ordered);
  return true;
}

}  // namespace sockcr
