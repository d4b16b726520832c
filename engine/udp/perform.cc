#include "engine/udp/perform.h"

#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <algorithm>
#include <cerrno>
#include <limits>

#include "engine/gate/gate.h"
#include "engine/options/filter.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/corked.h"
#include "engine/udp/membership.h"
#include "engine/udp/queue.h"
#include "engine/udp/reuse_group.h"

namespace sockcr {
namespace {

// What the kernel keeps besides the bytes, at the most: an skb with its head, and what is lost
// because memory comes in pages. SO_RCVBUF is doubled, so that this is too.
constexpr std::size_t around_a_datagram = 4096;
constexpr auto patience = std::chrono::seconds(10);  // a busy CPU delivers late

template <std::size_t size>
void attach(int socket, const sock_filter (&code)[size]) {
  attach_filter(socket, {reinterpret_cast<const std::uint8_t*>(code), sizeof code});
}

}  // namespace

void UdpPerformer::perform(const UdpAction& action) {
  if (Trace* trace = Trace::current()) trace->remark(to_text(action));
  try {
    std::visit([this](const auto& a) { apply(a); }, action);
  } catch (const SystemError& error) {
    throw error.about(fmt::format("{}, to {}", subject_, to_text(action)));
  }
}

void UdpPerformer::perform(const UdpPlan& plan) {
  for (const UdpAction& action : plan) perform(action);
}

void UdpPerformer::apply(const udp_action::MakeSocket& a) {
  own_ = make_socket(a.domain, a.type, a.protocol);
  socket_ = own_.get();
}

void UdpPerformer::apply(const udp_action::WriteOption& a) {
  const OptionRow* row = find_option(a.value.level, a.value.number);
  if (row == nullptr) {
    throw Unsupported(fmt::format("option {}/{}", a.value.level, a.value.number),
                      "not in this release's table");
  }
  std::string missing = write_option(socket_, *row, a.value, a.kind);
  if (!missing.empty()) losses_.push_back(std::move(missing));
}

void UdpPerformer::apply(const udp_action::AcceptMarkedOnly&) {
  constexpr std::uint32_t mark = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_MARK);
  constexpr std::uint32_t everything = std::numeric_limits<std::uint32_t>::max();
  const sock_filter code[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, mark},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, forged_mark},
      {BPF_RET | BPF_K, 0, 0, everything},
      {BPF_RET | BPF_K, 0, 0, 0},
  };
  attach(socket_, code);
}

void UdpPerformer::apply(const udp_action::AcceptNothing&) {
  const sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, 0}};
  attach(socket_, code);
}

void UdpPerformer::apply(const udp_action::AttachFilter& a) { attach(socket_, a.filter); }

void UdpPerformer::apply(const udp_action::AcceptAll&) {
  const int nothing = 0;
  set_option_bytes(socket_, SOL_SOCKET, SO_DETACH_FILTER, "SO_DETACH_FILTER", &nothing,
                   sizeof nothing);
}

void UdpPerformer::apply(const udp_action::MakeRoom& a) {
  const std::size_t bytes = a.bytes + around_a_datagram * a.datagrams;
  const int wanted = static_cast<int>(std::min<std::size_t>(bytes, INT32_MAX / 2));
  if (wanted <= get_option(socket_, option::receive_buffer)) return;
  if (set_option_if_permitted(socket_, option::receive_buffer_force, wanted)) return;
  set_option(socket_, option::receive_buffer, wanted);
}

void UdpPerformer::apply(const udp_action::Bind& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.local, storage);
  const SocketOption<int> no_port{IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT"};
  const int freebind = get_option(socket_, option::free_bind);
  const int without_port = get_option(socket_, no_port);
  set_option(socket_, option::free_bind, 1);
  set_option(socket_, no_port, a.local.port == 0 ? 1 : 0);
  try {
    bind_socket(socket_, reinterpret_cast<const sockaddr*>(&storage), length);
  } catch (const SystemError& error) {
    if (error.error_number() != EADDRINUSE) throw;
    throw error.advise("another socket has this port: once it is gone the image can be restored");
  }
  set_option(socket_, option::free_bind, freebind);
  set_option(socket_, no_port, without_port);
}

void UdpPerformer::apply(const udp_action::Cork& a) { begin_corked(socket_, a.datagram); }

// IP_FREEBIND is none of a raw socket of IPv6.
void UdpPerformer::apply(const udp_action::BindHost& a) {
  constexpr SocketOption<int> of_ipv6{IPPROTO_IPV6, 78, "IPV6_FREEBIND"};
  const SocketOption<int>& free_bind = a.local.family == AF_INET6 ? of_ipv6 : option::free_bind;
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.local, storage);
  const int before = get_option(socket_, free_bind);
  set_option(socket_, free_bind, 1);
  bind_socket(socket_, reinterpret_cast<const sockaddr*>(&storage), length);
  set_option(socket_, free_bind, before);
}

// What getsockname(2) tells of it has its protocol for a port.
void UdpPerformer::apply(const udp_action::ConnectHost& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.remote, storage);
  connect_socket(socket_, reinterpret_cast<const sockaddr*>(&storage), length);
  Address chosen = from_sockaddr(local_address(socket_));
  chosen.port = 0;
  if (chosen == a.local) return;
  throw Violation("address by which " + subject_ + " reaches " + host_text(a.remote),
                  host_text(a.local), host_text(chosen));
}

void UdpPerformer::apply(const udp_action::Join& a) { join(socket_, a.membership); }

void UdpPerformer::apply(const udp_action::FilterSources& a) {
  filter_sources(socket_, a.membership);
}

void UdpPerformer::apply(const udp_action::Drain&) { drain_queue(socket_); }

void UdpPerformer::apply(const udp_action::PutBack& a) {
  std::optional<ChosenMember> chosen;
  if (a.in_a_group) chosen.emplace(socket_, a.transport.protocol == IPPROTO_UDPLITE);
  for (const Datagram& one : a.datagrams) put_back(one, a.transport);
}

// The socket that gets it is the kernel's choice: this one has to have grown.
void UdpPerformer::put_back(const Datagram& datagram, const Transport& transport) {
  const std::uint32_t before = queue_memory(socket_);
  forger_->send(datagram, transport);
  if (poll_until(patience, [&] { return queue_memory(socket_) > before; })) return;
  throw Violation(fmt::format("{}, put back into {}", to_text(datagram), subject_), "in its queue",
                  "another socket has it, or none");
}

void UdpPerformer::apply(const udp_action::Connect& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.remote, storage);
  connect_socket(socket_, reinterpret_cast<const sockaddr*>(&storage), length);
  const Address chosen = from_sockaddr(local_address(socket_));
  if (chosen == a.local) return;
  throw Violation("address by which " + subject_ + " reaches " + to_text(a.remote),
                  to_text(a.local), to_text(chosen));
}

// Of one that is not connected the kernel says ENOTCONN, and has done it (inet_shutdown).
void UdpPerformer::apply(const udp_action::ShutDown& a) {
  try {
    shut_down_socket(socket_, a.receive && a.send ? SHUT_RDWR : a.receive ? SHUT_RD : SHUT_WR);
  } catch (const SystemError& error) {
    if (error.error_number() != ENOTCONN) throw;
  }
}

}  // namespace sockcr
