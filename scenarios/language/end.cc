#include <fmt/format.h>
#include <algorithm>
#include <cerrno>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "engine/sys/kernel_release.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/await.h"
#include "scenarios/language/backlog.h"
#include "scenarios/language/transfer.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using std::string;

// What does not fit goes in behind the ACKs of what did. They are there at once, but where the
// kernel has left its packets to ksoftirqd.
void write_all(World& world, Actor& actor, std::size_t bytes) {
  const std::uint64_t goal = actor.written + bytes;
  const auto left = [&] { return static_cast<std::size_t>(goal - actor.written); };
  await(
      world, "bytes that the send queue takes", fmt::format("{}", bytes),
      [&] {
        write_some(actor, left());
        return left() == 0;
      },
      [&] { return fmt::format("{}", bytes - left()); });
}

// A queue that takes no more, and nothing in flight whose ACK would make room: what was sent into a
// window that was taken back meanwhile (by a kernel whose buffer is full) is repeated in vain.
bool nothing_moves(Actor& actor) {
  while (write_some(actor, 1000) > 0) continue;
  const QueueCounts counts = actor.observe().queues;
  if (counts.outq > 0 && counts.outq == counts.unsent) return true;
  const TcpInfo info = read_info(actor.borrow().get());
  return info.backoff > 0 && info.snd_wnd == 0;
}

// More than the window's scale may hide.
constexpr std::uint64_t least_shrink = 2048;
constexpr std::size_t small_segment = 100;  // which costs the other's kernel several times as much

// The place in its stream up to which the other side lets it send.
std::uint64_t right_edge_for(const Actor& actor) {
  const FileDescriptor socket = actor.borrow();
  return actor.written - read_counts(socket.get()).outq + read_info(socket.get()).snd_wnd;
}

[[noreturn]] void throw_window_stays(const Actor& actor, std::string_view since) {
  if (parse_kernel_release(kernel_release()) < parse_kernel_release(since)) {
    throw Unsupported("a window that is taken back", "this kernel's stays");
  }
  throw Violation("the window that " + actor.name() + " was granted",
                  "smaller than it was, before its queue is full", "the same");
}

void read_all(World& world, Actor& reader, const Actor& writer) {
  await(
      world, fmt::format("bytes that {} has read", reader.name()),
      fmt::format("{}", writer.written),
      [&] {
        if (reader.read < writer.written) read_some(reader, writer);
        return reader.read == writer.written;
      },
      [&] { return fmt::format("{}", reader.read); });
}

// Polls one number of a side until it is right.
Step counts(Who who, string text, const string& what, std::size_t wanted,
            std::uint32_t (*number)(const QueueCounts&), At at) {
  return {std::move(text),
          [=](World& world) {
            const Actor& actor = world.actor(who);
            await(
                world, what, fmt::format("{}", wanted),
                [&] { return number(actor.observe().queues) == wanted; },
                [&] { return to_text(actor.observe()); });
          },
          at};
}

}  // namespace

End child(int conversation) {
  return {{Speaker::ours, conversation},
          fmt::format("child {}", conversation),
          fmt::format("client {}", conversation)};
}

End client(int conversation) {
  return {{Speaker::peer, conversation},
          fmt::format("client {}", conversation),
          fmt::format("child {}", conversation)};
}

Step End::writes(std::size_t bytes, At at) const {
  if (bytes == 0) return {};
  return {fmt::format("{} writes {} bytes", name_, bytes),
          [who = who_, bytes](World& world) { write_all(world, world.actor(who), bytes); }, at};
}

Step End::writes_with(int flag, std::string_view flag_name, std::size_t bytes, At at) const {
  return {fmt::format("{} writes {} bytes with {}", name_, bytes, flag_name),
          [who = who_, flag, bytes](World& world) {
            Actor& actor = world.actor(who);
            send_bytes(actor.borrow().get(), actor.says(actor.written, bytes), flag | MSG_DONTWAIT);
            actor.written += bytes;
          },
          at};
}

Step End::writes_until_nothing_moves(At at) const {
  return {fmt::format("{} writes until its queue and the window of {} are full", name_, other_),
          [who = who_](World& world) {
            Actor& actor = world.actor(who);
            await(
                world, "queue of " + actor.name(), "full, and nothing in flight",
                [&] { return nothing_moves(actor); }, [&] { return to_text(actor.observe()); });
          },
          at};
}

Step End::may_send_nothing(At at) const {
  return {fmt::format("{} has closed its window for {}", other_, name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            std::uint32_t window = 0;
            await(
                world, fmt::format("the window that {} is granted", actor.name()), "0",
                [&] { return (window = read_info(actor.borrow().get()).snd_wnd) == 0; },
                [&] { return fmt::format("{}", window); });
          },
          at};
}

Step End::writes_until_its_window_shrinks(std::string_view since, At at) const {
  return {fmt::format("{} writes until {} takes back a part of its window", name_, other_),
          [who = who_, since](World& world) {
            Actor& actor = world.actor(who);
            std::uint64_t greatest = 0, edge = 0;
            await(
                world, fmt::format("the window that {} was granted", actor.name()),
                "smaller than it was",
                [&] {
                  edge = right_edge_for(actor);
                  greatest = std::max(greatest, edge);
                  if (edge + least_shrink <= greatest) return true;
                  if (write_some(actor, small_segment) > 0) return false;
                  throw_window_stays(actor, since);
                },
                [&] { return fmt::format("up to byte {}, once {}", edge, greatest); });
          },
          at};
}

Step End::shuts_down(At at) const {
  return {fmt::format("{} shuts down for writing", name_),
          [who = who_](World& world) {
            Actor& actor = world.actor(who);
            shut_down_socket(actor.borrow().get(), SHUT_WR);
            actor.has_shut_down = true;
          },
          at};
}

Step End::closes(At at) const {
  return {fmt::format("{} closes", name_),
          [who = who_](World& world) {
            await_arrival(world);
            world.actor(who).close();
          },
          at};
}

// TCP_QUICKACK sends an ACK that is scheduled.
Step End::acknowledges(At at) const {
  return {fmt::format("{} acknowledges what it has", name_),
          [who = who_](World& world) {
            const SocketOption<int> quick_ack{IPPROTO_TCP, TCP_QUICKACK, "TCP_QUICKACK"};
            await_arrival(world);
            set_option(world.actor(who).borrow().get(), quick_ack, 1);
            await_arrival(world);
          },
          at};
}

Step End::is_in(TcpState state, At at) const {
  return {fmt::format("{} is in {}", name_, to_text(state)),
          [who = who_, state](World& world) {
            const Actor& actor = world.actor(who);
            const Observed now = actor.observe();
            if (now.state == state) return;
            throw Violation("state of " + actor.name(), to_text(state), to_text(now));
          },
          at};
}

Step End::comes_to(TcpState state, At at) const {
  return {fmt::format("{} comes to {}", name_, to_text(state)),
          [who = who_, state](World& world) {
            const Actor& actor = world.actor(who);
            await(
                world, "state of " + actor.name(), to_text(state),
                [&] { return actor.observe().state == state; },
                [&] { return to_text(actor.observe()); });
          },
          at};
}

Step End::reads_all(At at) const {
  return {
      fmt::format("{} reads all that {} wrote", name_, other_),
      [who = who_](World& world) { read_all(world, world.actor(who), world.actor(facing(who))); },
      at};
}

Step End::reads_eof(At at) const {
  return {fmt::format("{} reads end of file", name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            const string what = fmt::format("what {} reads", actor.name());
            const FileDescriptor socket = actor.borrow();
            ssize_t n = -1;
            await(
                world, what, "end of file",
                [&] {
                  std::uint8_t byte = 0;
                  n = ::recv(socket.get(), &byte, 1, MSG_DONTWAIT);
                  if (n < 0 && errno != EAGAIN) throw SystemError("recv", actor.name(), errno);
                  return n >= 0;
                },
                [&] { return string("nothing"); });
            if (n > 0) throw Violation(what, "end of file", "one more byte");
          },
          at};
}

Step End::cannot_write(At at) const {
  return {fmt::format("{} cannot write any more", name_),
          [who = who_](World& world) {
            const FileDescriptor socket = world.actor(who).borrow();
            const std::uint8_t byte = 0;
            const ssize_t n = ::send(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0 && errno == EPIPE) return;
            throw Violation("writing", "EPIPE", n < 0 ? errno_name(errno) : "it was taken");
          },
          at};
}

Step End::has_unread(std::size_t bytes, At at) const {
  return counts(
      who_, fmt::format("{} has {} unread bytes", name_, bytes), "unread bytes", bytes,
      [](const QueueCounts& q) { return q.inq; }, at);
}

Step End::has_unacked(std::size_t bytes, At at) const {
  return counts(
      who_, fmt::format("{} has {} sent and not acknowledged", name_, bytes),
      "sent and not acknowledged", bytes, [](const QueueCounts& q) { return q.outq - q.unsent; },
      at);
}

Step End::has_unsent(std::size_t bytes, At at) const {
  return counts(
      who_, fmt::format("{} has {} unsent", name_, bytes), "unsent", bytes,
      [](const QueueCounts& q) { return q.unsent; }, at);
}

Steps talk(const End& one, const End& other, At at) {
  return {one.writes(some_bytes, at), other.reads_all(at), other.writes(some_bytes, at),
          one.reads_all(at)};
}

// A FIN whose ACK is delayed is sent again within milliseconds (a loss probe). On a busy machine
// that one may come when the other side has closed and is gone, and nobody is left but a RST.
Steps part(const End& first, const End& second, At at) {
  return {first.closes(at), second.reads_eof(at), second.acknowledges(at),
          first.is_kept_in(TcpState::fin_wait2, at), second.closes(at)};
}

// Who hears the other's FIN acknowledges it before it closes, or nobody is left to do so.
Steps part_behind(const End& first, const End& second, At at) {
  return {second.reads_eof(at), first.comes_to(TcpState::fin_wait2, at), second.closes(at),
          first.reads_eof(at), first.closes(at)};
}

}  // namespace sockcr::scenario
