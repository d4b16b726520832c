#include "engine/tcp/perform.h"

#include <fmt/format.h>
#include <algorithm>

#include "engine/options/table.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/rebuild.h"
#include "engine/tcp/verify.h"

namespace sockcr {

Injector& Injectors::of(int family) { return injectors_.try_emplace(family, family).first->second; }

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
  write_option(socket_.get(), *row, a.value);
}

void Performer::apply(const action::EnterRepair&) {
  enter_repair(socket_.get(), Reuse::force);
}

void Performer::apply(const action::Bind& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.local, storage);
  bind_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
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
  connect_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
}

void Performer::apply(const action::SetNegotiated& a) {
  write_negotiated(socket_.get(), a.negotiated);
}

void Performer::apply(const action::SetClock& a) { write_clock(socket_.get(), a.clock); }

void Performer::apply(const action::FillQueue& a) {
  fill_queue(socket_.get(), a.queue, a.bytes);
  select_queue(socket_.get(), RepairQueue::none);
}

void Performer::apply(const action::SetWindow& a) { write_window(socket_.get(), a.window); }

void Performer::apply(const action::ShutDownWrite& a) {
  if (a.fin_counts_as_sent) select_queue(socket_.get(), RepairQueue::send);
  shut_down_socket(socket_.get(), SHUT_WR);
  select_queue(socket_.get(), RepairQueue::none);
}

void Performer::apply(const action::ShutDownRead&) {
  shut_down_socket(socket_.get(), SHUT_RD);
}

void Performer::apply(const action::Forge& a) {
  injectors_->of(a.segment.to.family).send(a.segment);
}

void Performer::apply(const action::WriteUnsent& a) {
  leave_repair(socket_.get(), WindowProbe::no);
  std::span<const std::uint8_t> left = a.bytes;
  while (!left.empty()) left = left.subspan(send_bytes(socket_.get(), left, MSG_DONTWAIT));
  enter_repair(socket_.get(), Reuse::keep);
}

void Performer::apply(const action::Verify& a) { verify(socket_.get(), *a.wanted); }

void Performer::apply(const action::LeaveRepair& a) { leave_repair(socket_.get(), a.probe); }

// The numbers are the image's; only the clock and the path's segment size are of this moment.
void Performer::apply(const action::Resend& a) {
  const TcpConnection& c = *a.connection;
  Segment segment{.from = unmapped(c.local),
                  .to = unmapped(c.remote),
                  .seq = a.payload.empty() && !a.fin ? c.snd_nxt : c.snd_una,
                  .ack = c.rcv_nxt,
                  .flags = tcp_flag::ack,
                  .window = our_window_field(c),
                  .timestamps = std::nullopt,
                  .payload = {},
                  .mark = 0};
  if (c.negotiated.timestamps) {
    const std::uint32_t flag_bit = c.clock.microseconds ? 1 : 0;
    segment.timestamps = {get_option(socket_.get(), option::timestamp) & ~flag_bit, 0};
  }
  Injector& injector = injectors_->of(segment.to.family);
  const std::size_t full = std::max<std::size_t>(read_info(socket_.get()).snd_mss, 1);
  std::span<const std::uint8_t> left = a.payload;
  do {
    segment.payload = left.first(std::min(full, left.size()));
    left = left.subspan(segment.payload.size());
    if (left.empty() && !segment.payload.empty()) segment.flags |= tcp_flag::psh;
    if (left.empty() && a.fin) segment.flags |= tcp_flag::fin;
    injector.send(segment);
    segment.seq += static_cast<Sequence>(segment.payload.size());
  } while (!left.empty());
}

}  // namespace sockcr
