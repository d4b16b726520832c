#include "engine/udp/membership.h"

#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/groups_here.h"

namespace sockcr {
namespace {

// struct group_filter with room for its sources, as the kernel reads and writes it.
class SourceFilter {
 public:
  SourceFilter(unsigned interface, const sockaddr_storage& group, std::size_t room)
      : bytes_(GROUP_FILTER_SIZE(room)) {
    put(offsetof(group_filter, gf_interface), std::uint32_t{interface});
    put(offsetof(group_filter, gf_group), group);
    put(offsetof(group_filter, gf_numsrc), static_cast<std::uint32_t>(room));
  }

  // False for who is no member.
  bool ask(int socket, int level) {
    auto length = static_cast<socklen_t>(bytes_.size());
    const int result = try_call(
        "getsockopt",
        [&] { return ::getsockopt(socket, level, MCAST_MSFILTER, bytes_.data(), &length); },
        [&] { return fmt::format("{}, {}, {}", socket, level, text()); });
    if (result == 0) return true;
    if (errno == EADDRNOTAVAIL) return false;
    throw SystemError("getsockopt", text(), errno);
  }
  void write(int socket, int level) const {
    set_option_bytes(socket, level, MCAST_MSFILTER, "MCAST_MSFILTER", bytes_.data(),
                     static_cast<socklen_t>(bytes_.size()));
  }

  bool includes() const { return get(offsetof(group_filter, gf_fmode)) == MCAST_INCLUDE; }
  void set_includes(bool on) {
    put(offsetof(group_filter, gf_fmode),
        static_cast<std::uint32_t>(on ? MCAST_INCLUDE : MCAST_EXCLUDE));
  }
  // What the kernel has, which may be more than there was room for.
  std::size_t sources() const { return get(offsetof(group_filter, gf_numsrc)); }
  Address source(std::size_t i) const {
    sockaddr_storage storage{};
    std::memcpy(&storage, bytes_.data() + place_of(i), sizeof storage);
    return from_sockaddr(storage);
  }
  void set_source(std::size_t i, const Address& source) {
    sockaddr_storage storage{};
    to_sockaddr(source, storage);
    put(place_of(i), storage);
  }

 private:
  static std::size_t place_of(std::size_t i) {
    return offsetof(group_filter, gf_slist) + i * sizeof(sockaddr_storage);
  }
  template <class Value>
  void put(std::size_t at, const Value& value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  std::uint32_t get(std::size_t at) const {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  std::string text() const {
    sockaddr_storage group{};
    std::memcpy(&group, bytes_.data() + offsetof(group_filter, gf_group), sizeof group);
    return fmt::format("MCAST_MSFILTER, {} on {}", address_text(group),
                       get(offsetof(group_filter, gf_interface)));
  }

  std::vector<std::uint8_t> bytes_;
};

std::string device_of(unsigned index) {
  char name[IF_NAMESIZE] = "";
  return ::if_indextoname(index, name) != nullptr ? name : "";
}

int level_of(const Membership& one) {
  return one.group.family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

sockaddr_storage storage_of(const Address& address) {
  sockaddr_storage storage{};
  to_sockaddr(address, storage);
  return storage;
}

Membership membership_of(const GroupHere& group, const SourceFilter& filter) {
  Membership one{.group = from_sockaddr(group.address), .device = device_of(group.interface)};
  one.include = filter.includes();
  for (std::size_t i = 0; i < filter.sources(); ++i) one.sources.push_back(filter.source(i));
  return one;
}

void find_among(int socket, int level, const std::vector<GroupHere>& groups,
                const std::string& subject, std::vector<FoundMembership>& found) {
  for (const GroupHere& group : groups) {
    SourceFilter filter(group.interface, group.address, 0);
    if (!filter.ask(socket, level)) continue;
    const std::size_t sources = filter.sources();
    if (sources > most_sources) {
      throw Unsupported(fmt::format("a membership of {} with {} sources", subject, sources),
                        fmt::format("an image holds {}", most_sources));
    }
    filter = SourceFilter(group.interface, group.address, sources);
    if (!filter.ask(socket, level)) continue;
    found.push_back({membership_of(group, filter), group.interface});
    if (found.back().membership.device.empty()) found.pop_back();  // gone in this very moment
  }
}

// Hearing everybody meanwhile, even for a moment, is more than it asked for; but only who joins for
// all can say what has chosen the device.
void join_one_source(int socket, const Membership& one, unsigned interface) {
  group_source_req request{};
  request.gsr_interface = interface;
  request.gsr_group = storage_of(one.group);
  request.gsr_source = storage_of(one.sources.front());
  set_option_bytes(socket, level_of(one), MCAST_JOIN_SOURCE_GROUP, "MCAST_JOIN_SOURCE_GROUP",
                   &request, sizeof request);
}

void join_group(int socket, const Membership& one, unsigned interface) {
  if (level_of(one) == IPPROTO_IPV6) {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, one.group.bytes.data(), 16);
    request.ipv6mr_interface = interface;
    set_option_bytes(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, "IPV6_ADD_MEMBERSHIP", &request,
                     sizeof request);
    return;
  }
  ip_mreqn request{};
  std::memcpy(&request.imr_multiaddr, one.group.bytes.data(), 4);
  std::memcpy(&request.imr_address, one.chosen_by.bytes.data(), 4);
  request.imr_ifindex = static_cast<int>(interface);
  set_option_bytes(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP", &request,
                   sizeof request);
}

std::size_t limit(const std::string& sysctl) {
  std::string path = "/proc/sys/" + sysctl;
  std::replace(path.begin() + 10, path.end(), '.', '/');
  std::ifstream file(path);
  std::size_t value = 0;
  return file >> value ? value : SIZE_MAX;  // a kernel without IPv6 has none of its limits
}

void require(std::size_t wanted, const std::string& sysctl, const std::string& subject,
             std::string_view what) {
  const std::size_t most = limit(sysctl);
  if (wanted <= most) return;
  throw SystemError("setsockopt", fmt::format("{}, {} {}", subject, wanted, what), ENOBUFS)
      .advise(fmt::format("{} is {} here, and has to be {}", sysctl, most, wanted));
}

}  // namespace

// An IPv6 socket can be a member of groups of IPv4 too.
std::vector<FoundMembership> find_memberships(int socket, const std::string& subject) {
  std::vector<FoundMembership> found;
  const bool v6 = get_option(socket, option::domain) == AF_INET6;
  const bool raw = get_option(socket, option::type) == SOCK_RAW;  // SOL_IP is none of a raw IPv6's
  if (!v6 || !raw) find_among(socket, IPPROTO_IP, ipv4_groups_here(), subject, found);
  if (v6) find_among(socket, IPPROTO_IPV6, ipv6_groups_here(), subject, found);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return canonically_before(a.membership, b.membership);
  });
  return found;
}

void join(int socket, const Membership& one) {
  const unsigned interface = interface_index(one.device);
  const bool by_source = one.include && one.chosen_by == Address{};
  if (by_source) {
    join_one_source(socket, one, interface);
  } else {
    join_group(socket, one, interface);
  }
  if (one.sources.size() > (by_source ? 1 : 0)) filter_sources(socket, one);
}

void filter_sources(int socket, const Membership& one) {
  SourceFilter filter(interface_index(one.device), storage_of(one.group), one.sources.size());
  filter.set_includes(one.include);
  for (std::size_t i = 0; i < one.sources.size(); ++i) filter.set_source(i, one.sources[i]);
  filter.write(socket, level_of(one));
}

void require_room_for(const std::vector<Membership>& all, const std::string& subject) {
  std::size_t of_ipv4 = 0;
  for (const Membership& one : all) {
    const bool v6 = one.group.family == AF_INET6;
    of_ipv4 += v6 ? 0 : 1;
    try {
      static_cast<void>(interface_index(one.device));
    } catch (const SystemError& error) {
      throw error.about(subject).advise(fmt::format(
          "{} is a group of device {}, which has to be there", host_text(one.group), one.device));
    }
    require(one.sources.size(), v6 ? "net.ipv6.mld_max_msf" : "net.ipv4.igmp_max_msf", subject,
            "sources of a group");
  }
  require(of_ipv4, "net.ipv4.igmp_max_memberships", subject, "groups of IPv4");
}

}  // namespace sockcr
