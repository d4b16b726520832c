#include <fmt/format.h>
#include <algorithm>
#include <cerrno>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using std::string;

string name_of(Speaker speaker) { return speaker == Speaker::ours ? "ours" : "peer"; }
Speaker other(Speaker speaker) { return speaker == Speaker::ours ? Speaker::peer : Speaker::ours; }

void write_all(World& world, Actor& actor, std::size_t bytes) {
  const FileDescriptor socket = actor.borrow();
  const auto data = content(world.settings.seed, actor.speaker(), actor.written, bytes);
  const std::size_t taken = send_bytes(socket.get(), data, MSG_DONTWAIT);
  actor.written += taken;
  if (taken != bytes) {
    throw Violation("bytes that the send queue takes", fmt::format("{}", bytes),
                    fmt::format("{}", taken));
  }
}

// Whatever is there, compared with what the other side wrote.
void read_some(World& world, Actor& reader, const Actor& writer) {
  const FileDescriptor socket = reader.borrow();
  std::vector<std::uint8_t> buffer(65536);
  const ssize_t n = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) throw SystemError("recv", fmt::format("{}'s socket", reader.name()), errno);
  if (n == 0) {
    throw Violation(fmt::format("what {} reads", reader.name()),
                    fmt::format("{} more bytes", writer.written - reader.read), "end of file");
  }
  const auto length = static_cast<std::size_t>(n);
  const auto wanted = content(world.settings.seed, writer.speaker(), reader.read, length);
  const auto differ = std::mismatch(wanted.begin(), wanted.end(), buffer.begin());
  if (differ.first != wanted.end() || reader.read + length > writer.written) {
    const std::uint64_t offset = std::min<std::uint64_t>(
        reader.read + static_cast<std::uint64_t>(differ.first - wanted.begin()), writer.written);
    throw Violation(fmt::format("what {} reads", reader.name()),
                    fmt::format("the {} bytes that {} wrote", writer.written, writer.name()),
                    fmt::format("the byte at offset {} is another", offset));
  }
  reader.read += length;
}

void read_all(World& world, Actor& reader, const Actor& writer) {
  await(
      world, fmt::format("bytes that {} has read", reader.name()),
      fmt::format("{}", writer.written),
      [&] {
        if (reader.read < writer.written) read_some(world, reader, writer);
        return reader.read == writer.written;
      },
      [&] { return fmt::format("{}", reader.read); });
}

// Polls one number of a side until it is right.
Step counts(Speaker speaker, string text, string what, std::size_t wanted,
            std::uint32_t (*number)(const QueueCounts&), At at) {
  return {std::move(text),
          [=](World& world) {
            const Actor& actor = world.actor(speaker);
            await(
                world, what, fmt::format("{}", wanted),
                [&] { return number(actor.observe().queues) == wanted; },
                [&] { return to_text(actor.observe()); });
          },
          at};
}

}  // namespace

Step End::writes(std::size_t bytes, At at) const {
  if (bytes == 0) return {};
  return {fmt::format("{} writes {} bytes", name_of(speaker_), bytes),
          [s = speaker_, bytes](World& world) { write_all(world, world.actor(s), bytes); }, at};
}

Step End::shuts_down(At at) const {
  return {fmt::format("{} shuts down for writing", name_of(speaker_)),
          [s = speaker_](World& world) {
            Actor& actor = world.actor(s);
            shut_down_socket(actor.borrow().get(), SHUT_WR);
            actor.has_shut_down = true;
          },
          at};
}

Step End::closes(At at) const {
  return {fmt::format("{} closes", name_of(speaker_)),
          [s = speaker_](World& world) { world.actor(s).close(); }, at};
}

Step End::is_in(TcpState state, At at) const {
  return {fmt::format("{} is in {}", name_of(speaker_), to_text(state)),
          [s = speaker_, state](World& world) {
            const Observed now = world.actor(s).observe();
            if (now.state == state) return;
            throw Violation("state of " + name_of(s), to_text(state), to_text(now));
          },
          at};
}

Step End::comes_to(TcpState state, At at) const {
  return {fmt::format("{} comes to {}", name_of(speaker_), to_text(state)),
          [s = speaker_, state](World& world) {
            const Actor& actor = world.actor(s);
            await(
                world, "state of " + name_of(s), to_text(state),
                [&] { return actor.observe().state == state; },
                [&] { return to_text(actor.observe()); });
          },
          at};
}

Step End::reads_all(At at) const {
  return {fmt::format("{} reads all that {} wrote", name_of(speaker_), name_of(other(speaker_))),
          [s = speaker_](World& world) { read_all(world, world.actor(s), world.actor(other(s))); },
          at};
}

Step End::reads_eof(At at) const {
  return {fmt::format("{} reads end of file", name_of(speaker_)),
          [s = speaker_](World& world) {
            const Actor& actor = world.actor(s);
            const FileDescriptor socket = actor.borrow();
            ssize_t n = -1;
            await(
                world, "what " + name_of(s) + " reads", "end of file",
                [&] {
                  std::uint8_t byte = 0;
                  n = ::recv(socket.get(), &byte, 1, MSG_DONTWAIT);
                  if (n < 0 && errno != EAGAIN) throw SystemError("recv", name_of(s), errno);
                  return n >= 0;
                },
                [&] { return std::string("nothing"); });
            if (n > 0) {
              throw Violation("what " + name_of(s) + " reads", "end of file", "one more byte");
            }
          },
          at};
}

Step End::cannot_write(At at) const {
  return {fmt::format("{} cannot write any more", name_of(speaker_)),
          [s = speaker_](World& world) {
            const FileDescriptor socket = world.actor(s).borrow();
            const std::uint8_t byte = 0;
            const ssize_t n = ::send(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
            const int error_number = n < 0 ? errno : 0;
            if (error_number == EPIPE) return;
            throw Violation("what write(2) tells " + name_of(s), "EPIPE",
                            error_number != 0 ? errno_name(error_number) : "success");
          },
          at};
}

Step End::has_unread(std::size_t bytes, At at) const {
  return counts(
      speaker_, fmt::format("{} has {} unread bytes", name_of(speaker_), bytes), "unread bytes",
      bytes, [](const QueueCounts& q) { return q.inq; }, at);
}

Step End::has_unacked(std::size_t bytes, At at) const {
  return counts(
      speaker_, fmt::format("{} has {} sent and not acknowledged", name_of(speaker_), bytes),
      "sent and not acknowledged", bytes, [](const QueueCounts& q) { return q.outq - q.unsent; },
      at);
}

Step End::has_unsent(std::size_t bytes, At at) const {
  return counts(
      speaker_, fmt::format("{} has {} unsent", name_of(speaker_), bytes), "unsent", bytes,
      [](const QueueCounts& q) { return q.unsent; }, at);
}

}  // namespace sockcr::scenario
