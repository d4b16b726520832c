#include "engine/tcp/perform.h"

#include <fmt/format.h>
#include <algorithm>
#include <cerrno>

#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/process/diag.h"
#include "engine/sys/delivery.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/urgent.h"
#include "engine/tcp/verify.h"

namespace sockcr {
namespace {

// MSG_OOB makes the last byte urgent, of whatever part is taken at last.
void send_all(int socket, std::span<const std::uint8_t> bytes, int flags) {
  while (!bytes.empty()) bytes = bytes.subspan(send_bytes(socket, bytes, flags | MSG_DONTWAIT));
}

// An IPv4 socket stands in the way of a mapped one, and the other way round.
std::optional<TcpDiag> holder_of(const Address& local, const Address& remote) {
  for (TcpDiag& one : dump_tcp()) {
    const bool same_ends =
        unmapped(one.local) == unmapped(local) && unmapped(one.remote) == unmapped(remote);
    if (same_ends) return std::move(one);
  }
  return std::nullopt;
}

std::string who_is_in_the_way(const Address& local, const Address& remote) {
  const auto holder = holder_of(local, remote);
  if (!holder) {
    return fmt::format("is {} an address of this network namespace, and the port free?",
                       to_text(local));
  }
  const std::string whose =
      holder->inode == 0 ? "which no program holds" : fmt::format("socket:[{}]", holder->inode);
  return fmt::format("{} > {} in {} is in the way ({}): once it is gone the image can be restored",
                     to_text(holder->local), to_text(holder->remote), to_text(holder->state),
                     whose);
}

template <class Call>
void with_holder_named(const Address& local, const Address& remote, const Call& make) {
  try {
    make();
  } catch (const SystemError& error) {
    if (error.error_number() != EADDRINUSE && error.error_number() != EADDRNOTAVAIL) throw;
    throw error.advise(who_is_in_the_way(local, remote));
  }
}

}  // namespace

void Performer::perform(const Action& action) {
  if (Trace* trace = Trace::current()) trace->remark(to_text(action));
  try {
    std::visit([this](const auto& a) { apply(a); }, action);
  } catch (const SystemError& error) {
    throw error.about(fmt::format("{}, to {}", subject_, to_text(action)));
  }
}

void Performer::perform(const Plan& plan) {
  for (const Action& action : plan) perform(action);
}

void Performer::apply(const action::MakeSocket& a) {
  socket_ = make_socket(a.domain, SOCK_STREAM, IPPROTO_TCP);
}

void Performer::apply(const action::WriteOption& a) {
  const OptionRow* row = find_option(a.value.level, a.value.number);
  if (row == nullptr) {
    throw Unsupported(fmt::format("option {}/{}", a.value.level, a.value.number),
                      "not in this release's table");
  }
  std::string missing = write_option(socket_.get(), *row, a.value);
  if (!missing.empty()) losses_.push_back(std::move(missing));
}

void Performer::apply(const action::SignWith& a) {
  write_md5_key(socket_.get(), get_option(socket_.get(), option::domain), a.key);
  keys_.push_back(a.key);
}

void Performer::apply(const action::AllowMapped&) { set_option(socket_.get(), option::v6_only, 0); }

void Performer::apply(const action::EnterRepair& a) { enter_repair(socket_.get(), a.reuse); }

void Performer::apply(const action::Bind& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.local, storage);
  const int freebind = get_option(socket_.get(), option::free_bind);
  if (a.even_if_gone) set_option(socket_.get(), option::free_bind, 1);
  with_holder_named(a.local, {.family = a.local.family, .bytes = {}}, [&] {
    bind_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  });
  if (a.even_if_gone) set_option(socket_.get(), option::free_bind, freebind);
}

void Performer::apply(const action::SetSequence& a) {
  write_queue_sequence(socket_.get(), a.queue, a.sequence);
}

void Performer::apply(const action::LimitMss& a) {
  set_option(socket_.get(), option::max_segment, a.bytes);
}

void Performer::apply(const action::Connect& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.remote, storage);
  select_queue(socket_.get(), RepairQueue::none);
  with_holder_named(from_sockaddr(local_address(socket_.get())), a.remote, [&] {
    connect_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  });
}

void Performer::apply(const action::SetNegotiated& a) {
  write_negotiated(socket_.get(), a.negotiated);
}

void Performer::apply(const action::SetClock& a) {
  clock_ = a.clock;
  clock_offset_ = write_clock(socket_.get(), a.clock);
}

void Performer::apply(const action::FillQueue& a) {
  if (a.urgent != 0) fill_up_to_the_mark(a.bytes.first(a.urgent));
  fill_queue(socket_.get(), a.queue, a.bytes.subspan(a.urgent));
  select_queue(socket_.get(), RepairQueue::none);
}

// A segment at a time, as TCP itself would have queued them: cutting up what is longer,
// segmentation offload gives all parts the pointer of the first one (tcp_gso_segment).
void Performer::fill_up_to_the_mark(std::span<const std::uint8_t> bytes) {
  const std::size_t full = std::max<std::size_t>(read_info(socket_.get()).snd_mss, 1);
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(full, bytes.size()));
    fill_queue(socket_.get(), RepairQueue::send, part, MSG_OOB);
    bytes = bytes.subspan(part.size());
  }
}

void Performer::apply(const action::TakeUrgent&) { take_urgent(socket_.get()); }

void Performer::apply(const action::SetWindow& a) { write_window(socket_.get(), a.window); }

void Performer::apply(const action::ShutDownWrite& a) {
  if (a.fin_counts_as_sent) select_queue(socket_.get(), RepairQueue::send);
  shut_down_socket(socket_.get(), SHUT_WR);
  select_queue(socket_.get(), RepairQueue::none);
}

void Performer::apply(const action::ShutDownRead&) { shut_down_socket(socket_.get(), SHUT_RD); }

void Performer::apply(const action::Forge& a) {
  if (!socket_) return send_as_peer(a.segment);
  const auto heard = [&] { return read_info(socket_.get()).segments_in; };
  const std::uint32_t before = heard();
  send_as_peer(a.segment);
  static_cast<void>(poll_until(longest_delivery, [&] { return heard() != before; }));
}

void Performer::apply(const action::WriteUnsent& a) {
  leave_repair(socket_.get(), WindowProbe::no);
  try {
    send_all(socket_.get(), a.bytes.first(a.urgent), MSG_OOB);
    send_all(socket_.get(), a.bytes.subspan(a.urgent), 0);
  } catch (...) {
    // Closed outside repair mode it would live on as an orphan and hold the addresses.
    enter_repair(socket_.get(), Reuse::keep);
    throw;
  }
  enter_repair(socket_.get(), Reuse::keep);
}

void Performer::apply(const action::AttachFilter& a) { attach(socket_.get(), a.filter); }

void Performer::apply(const action::Verify& a) { verify(socket_.get(), *a.wanted); }

void Performer::apply(const action::Listen& a) {
  listen_socket(socket_.get(), static_cast<int>(a.backlog));
}

void Performer::apply(const action::ConnectAloud& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.remote, storage);
  set_nonblocking(socket_.get(), true);
  begin_connecting(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  connected_at_ = monotonic_ticks(false);
  set_nonblocking(socket_.get(), false);
}

// retrans_stamp is the clock at connect, which came before connected_at_; so first_syn in the new
// clock is not before it.
void Performer::apply(const action::FollowFirstSyn& a) {
  const std::uint32_t start = a.microseconds ? connected_at_ * 1000 : connected_at_;
  constexpr std::uint32_t rounding = 2;  // write_clock may come out that much higher
  static_cast<void>(write_clock(socket_.get(), {a.microseconds, a.first - start - rounding}));
}

void Performer::apply(const action::AwaitClock& a) {
  const auto is_past = [&] {
    const std::uint32_t now = get_option(socket_.get(), option::timestamp);
    return static_cast<std::int32_t>(now - a.last) > 0;
  };
  if (poll_until(std::chrono::minutes(10), is_past)) return;
  throw Violation("time-stamp clock of " + subject_, fmt::format("past {}", a.last),
                  fmt::format("{}", get_option(socket_.get(), option::timestamp)));
}

void Performer::apply(const action::LingerFor& a) {
  set_option(socket_.get(), option::linger2, a.seconds);
}

void Performer::apply(const action::LetGo&) { socket_.reset(); }

void Performer::apply(const action::Expect& a) {
  std::optional<TcpDiag> found;
  const auto is_there = [&] {
    found = find_tcp(a.local, a.remote);
    return found && found->state == a.state && found->receive_queue == a.unread;
  };
  if (poll_until(longest_delivery, is_there)) return;
  throw Violation(subject_, fmt::format("{}, {} unread", to_text(a.state), a.unread),
                  found ? fmt::format("{}, {} unread", to_text(found->state), found->receive_queue)
                        : "no such socket");
}

void Performer::apply(const action::LeaveRepair& a) { leave_repair(socket_.get(), a.probe); }

}  // namespace sockcr
