// Buffers of which nobody has chosen the size, and what makes them grow.
#include <fmt/format.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <cerrno>
#include <limits>

#include "engine/sys/error.h"
#include "scenarios/language/await.h"
#include "scenarios/language/transfer.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint64_t most_to_grow_by = 16 << 20;  // bytes, in which a control has grown long ago

// More than 1 MiB at once is more than a slow witness sees.
void fill(Actor& writer) {
  constexpr std::size_t piece = 64 << 10;
  int pieces = 16;
  while (pieces-- > 0 && write_some(writer, piece) > 0) continue;
}

// Who lacks space gets a larger send buffer (tcp_check_space).
void widen_sender(World& world, Who writer, Who reader) {
  fill(world.actor(writer));
  Actor& other = world.actor(reader);
  if (other.read < world.actor(writer).written) read_some(other, world.actor(writer));
}

// All that is there, in one call and without a look at it: a slow machine copies too little in a
// round trip. It is their number that counts here; what follows is compared again.
void skip_all(Actor& reader) {
  const ssize_t skipped = ::recv(reader.borrow().get(), nullptr, std::numeric_limits<int>::max(),
                                 MSG_TRUNC | MSG_DONTWAIT);
  if (skipped < 0 && errno != EAGAIN)
    throw SystemError("recv", fmt::format("{}'s socket", reader.name()), errno);
  if (skipped > 0) reader.read += static_cast<std::uint64_t>(skipped);
}

// Who has read more in one round trip than ever in one before gets a larger receive buffer
// (tcp_rcv_space_adjust). Newer kernels take off what still waits when the round trip ends: so what
// is much is followed by a little, which is read, and ends it, with nothing behind.
void widen_receiver(World& world, Who writer, Who reader, int turn) {
  constexpr int little_in_between = 7;
  if (turn % (1 + little_in_between) == 0) {
    fill(world.actor(writer));
  } else {
    write_some(world.actor(writer), 1);
  }
  skip_all(world.actor(reader));
}

// By which a receive buffer grows (tcp_rcv_space_adjust).
std::string fastest_read(int socket) {
  tcp_info info{};
  get_option_bytes(socket, IPPROTO_TCP, TCP_INFO, "TCP_INFO", &info, sizeof info);
  return fmt::format(", {} of them within one round trip of {} us", info.tcpi_rcv_space,
                     info.tcpi_rcv_rtt);
}

}  // namespace

Step End::grows(const SocketOption<int>& buffer, At at) const {
  const bool receives = buffer.number == option::receive_buffer.number;
  const Who writer = receives ? facing(who_) : who_, reader = facing(writer);
  return {
      fmt::format("{} writes, and {} of {} grows", receives ? other_ : name_, buffer.name, name_),
      [who = who_, buffer, receives, writer, reader](World& world) {
        const FileDescriptor socket = world.actor(who).borrow();
        const int before = get_option(socket.get(), buffer);
        const std::uint64_t enough = world.actor(writer).written + most_to_grow_by;
        int turn = 0;
        await(
            world, fmt::format("{} of {}", buffer.name, world.actor(who).name()),
            fmt::format("more than {}", before),
            [&] {
              if (receives) {
                widen_receiver(world, writer, reader, turn++);
              } else {
                widen_sender(world, writer, reader);
              }
              return get_option(socket.get(), buffer) > before ||
                     world.actor(writer).written > enough;
            },
            [] { return std::string("nothing moves"); });
        if (get_option(socket.get(), buffer) > before) return;
        throw Violation(fmt::format("{} of {}", buffer.name, world.actor(who).name()),
                        fmt::format("more than {}", before),
                        fmt::format("the same {} bytes later{}", most_to_grow_by,
                                    receives ? fastest_read(socket.get()) : ""));
      },
      at};
}

}  // namespace sockcr::scenario
