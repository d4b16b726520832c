#include "engine/udp/capture.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <algorithm>
#include <cerrno>
#include <map>

#include "engine/image/address_rules.h"
#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/local_address.h"
#include "engine/udp/membership.h"
#include "engine/udp/perform.h"
#include "engine/udp/queue.h"
#include "engine/udp/reuse_group.h"

namespace sockcr {
namespace {

bool has_errors(int socket) { return (readiness(socket) & POLLERR) != 0; }

Address remote_of(int socket) {
  try {
    return from_sockaddr(remote_address(socket));
  } catch (const SystemError& error) {
    if (error.error_number() != ENOTCONN) throw;
    return {};
  }
}

void read_shutdown(UdpSocket& captured, int socket, const std::vector<UdpDiag>& dump) {
  const Cookie cookie = cookie_of(socket);
  const auto found = std::find_if(dump.begin(), dump.end(),
                                  [&](const UdpDiag& one) { return one.cookie == cookie; });
  if (found == dump.end()) return;  // not bound
  captured.shut_down_receive = found->shut_down_receive;
  captured.shut_down_send = found->shut_down_send;
}

// By which membership it came: where the kernel has not kept the device, by any of that group.
void find_device(Datagram& one, const std::vector<FoundMembership>& found) {
  const Address group = unmapped(one.destination);
  for (const FoundMembership& each : found) {
    const Address& its = each.membership.group;
    if (its.family != group.family || its.bytes != group.bytes) continue;
    if (each.interface == one.interface) one.device = each.membership.device;
    if (one.device.empty()) one.device = each.membership.device;
  }
}

void read_memberships(UdpSocket& read, const std::vector<FoundMembership>& found) {
  for (const FoundMembership& each : found) read.memberships.push_back(each.membership);
  for (Datagram& one : read.queue) {
    if (is_multicast(one.destination)) find_device(one, found);
  }
}

void refuse_what_cannot_be_put_back(const UdpSocket& socket) {
  std::map<std::string, bool> is_here;
  for (const Datagram& one : socket.queue) {
    std::string reason = why_not_forged(one);
    const std::string host = host_text(one.destination);
    if (reason.empty() && is_multicast(one.destination)) continue;
    if (reason.empty() && !is_here.contains(host)) {
      is_here[host] = is_address_of_this_machine(one.destination);
    }
    if (reason.empty() && !is_here[host]) {
      reason = "it was not sent to an address of this machine, and would leave it";
    }
    if (reason.empty()) continue;
    throw Unsupported(fmt::format("datagram {} in the queue of {}", to_text(one), to_text(socket)),
                      "it cannot be put back: " + reason);
  }
}

bool is_locked(const UdpSocket& socket) {
  return std::any_of(socket.options.begin(), socket.options.end(), [](const OptionValue& one) {
    return one.level == SOL_SOCKET && one.number == SO_LOCK_FILTER && !one.value.empty() &&
           one.value.front() != 0;
  });
}

// Why what is taken out would not come back to where it was.
std::string why_not_refreshed(int socket, const UdpSocket& captured,
                              const std::vector<UdpDiag>& dump) {
  if (shares_its_port(captured) && place_in_group(socket, captured.local, dump).members > 1) {
    return "a program that chooses among its group could not be put back";
  }
  if (is_locked(captured)) return "its filter is locked";
  const auto to_group = [](const Datagram& one) { return is_multicast(one.destination); };
  if (std::any_of(captured.queue.begin(), captured.queue.end(), to_group)) {
    return "all members of a group here would hear once more what was sent to it";
  }
  const bool others =
      std::any_of(captured.queue.begin(), captured.queue.end(),
                  [&](const Datagram& one) { return one.source != captured.remote; });
  return captured.remote.port != 0 && others ? "others sent to it before it was connected" : "";
}

}  // namespace

bool is_udp_lite(int socket) { return get_option(socket, option::protocol) == IPPROTO_UDPLITE; }

CapturedUdp capture_udp(int socket, const std::vector<UdpDiag>& dump) {
  CapturedUdp captured;
  UdpSocket& read = captured.socket;
  read.lite = is_udp_lite(socket);
  read.domain = static_cast<std::uint16_t>(get_option(socket, option::domain));
  read.local = from_sockaddr(local_address(socket));
  read.remote = remote_of(socket);
  read.errors_lost = has_errors(socket);
  read_shutdown(read, socket, dump);
  read.options = read_options(socket, read.domain, kind_of(read));
  if (shares_its_port(read)) {
    read.group_place = place_in_group(socket, read.local, dump).place;
  }
  Peeked peeked = peek_queue(socket, to_text(read));
  read.queue = std::move(peeked.queue);
  captured.hid_something = peeked.hid_something;
  read.filter = capture_filter(socket);
  read_memberships(read, find_memberships(socket, to_text(read)));
  refuse_what_cannot_be_put_back(read);
  return captured;
}

void refresh_queue(int socket, const CapturedUdp& captured, const std::vector<UdpDiag>& dump) {
  if (const std::string reason = why_not_refreshed(socket, captured.socket, dump);
      !reason.empty()) {
    throw Unsupported("an empty datagram in the queue of " + to_text(captured.socket),
                      "reading it hides it from the next checkpoint: " + reason);
  }
  // Whatever is taken out moves it (sk_peek_offset_bwd).
  const int offset = get_option(socket, option::peek_offset);
  Forger forger;
  UdpPerformer(to_text(captured.socket), forger, socket).perform(plan_refresh(captured.socket));
  set_option(socket, option::peek_offset, offset);
}

}  // namespace sockcr
