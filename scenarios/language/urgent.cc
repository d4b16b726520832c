// Urgent data: one byte of the stream, marked.
#include <fmt/format.h>
#include <algorithm>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/await.h"
#include "scenarios/language/transfer.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

void write_urgently(Actor& actor, std::size_t bytes) {
  const std::size_t taken =
      send_bytes(actor.borrow().get(), actor.says(actor.written, bytes), MSG_OOB | MSG_DONTWAIT);
  actor.written += taken;
  if (taken != bytes) {
    throw Violation("bytes that the send queue takes", fmt::format("{}", bytes),
                    fmt::format("{}", taken));
  }
  actor.urgent = actor.written - 1;
}

void read_up_to_the_mark(World& world, Actor& reader, const Actor& writer) {
  const std::uint64_t wanted = writer.urgent.value();
  bool at_mark = false;
  await(
      world, fmt::format("the mark in what {} reads", reader.name()),
      fmt::format("at byte {}", wanted),
      [&] {
        // In this order: a byte that has arrived has brought its mark, and reading at a mark that
        // one has not looked at goes over it.
        const bool arrived = read_counts(reader.borrow().get()).inq != 0;
        at_mark = is_at_mark(reader.borrow().get());
        if (!at_mark && arrived) read_some(reader, writer);
        return at_mark || reader.read > wanted;
      },
      [&] { return fmt::format("none up to byte {}", reader.read); });
  if (at_mark && reader.read == wanted) return;
  throw Violation(fmt::format("the mark in what {} reads", reader.name()),
                  fmt::format("at byte {}", wanted),
                  fmt::format("{} at byte {}", at_mark ? "it is" : "none", reader.read));
}

// What MSG_OOB says: a byte, or why there is none.
std::string urgent_byte_of(const Actor& actor, int flags) {
  std::uint8_t byte = 0;
  const ssize_t n = ::recv(actor.borrow().get(), &byte, 1, MSG_OOB | MSG_DONTWAIT | flags);
  return n < 0 ? std::string(errno_name(errno)) : fmt::format("{:#04x}", byte);
}

}  // namespace

Step End::writes_urgently(std::size_t bytes, At at) const {
  return {fmt::format("{} writes {} bytes, the last one urgent", name_, bytes),
          [who = who_, bytes](World& world) { write_urgently(world.actor(who), bytes); }, at};
}

Step End::reads_urgent_data_inline(At at) const {
  return {fmt::format("{} reads urgent data inline", name_),
          [who = who_](World& world) {
            set_option(world.actor(who).borrow().get(), option::out_of_band_inline, 1);
          },
          at};
}

Step End::reads_up_to_the_mark(At at) const {
  return {fmt::format("{} reads up to the byte that {} wrote urgently", name_, other_),
          [who = who_](World& world) {
            read_up_to_the_mark(world, world.actor(who), world.actor(facing(who)));
          },
          at};
}

Step End::reads_the_urgent_byte(At at) const {
  return {fmt::format("{} reads the urgent byte", name_),
          [who = who_](World& world) {
            const Actor& reader = world.actor(who);
            const Actor& writer = world.actor(facing(who));
            const std::string wanted =
                fmt::format("{:#04x}", writer.says(writer.urgent.value(), 1).front());
            std::string found;
            await(
                world, fmt::format("the urgent byte of {}", writer.name()), wanted,
                [&] {
                  found = urgent_byte_of(reader, MSG_PEEK);
                  return found == wanted;
                },
                [&] { return found; });
            urgent_byte_of(reader, 0);
          },
          at};
}

Step End::has_no_urgent_byte(At at) const {
  return {fmt::format("{} has no urgent byte to read", name_),
          [who = who_](World& world) {
            const Actor& reader = world.actor(who);
            const std::string found = urgent_byte_of(reader, MSG_PEEK);
            if (found == "EINVAL") return;
            throw Violation("the urgent byte of " + reader.name(), "EINVAL", found);
          },
          at};
}

}  // namespace sockcr::scenario
