#include "scenarios/language/transfer.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr::scenario {

bool is_at_mark(int socket) { return queued_bytes(socket, SIOCATMARK, "SIOCATMARK") != 0; }

Who facing(Who who) {
  return {who.speaker == Speaker::ours ? Speaker::peer : Speaker::ours, who.conversation};
}

std::size_t write_some(Actor& writer, std::size_t bytes) {
  const FileDescriptor socket = writer.borrow();
  try {
    const std::size_t taken =
        send_bytes(socket.get(), writer.says(writer.written, bytes), MSG_DONTWAIT);
    writer.written += taken;
    return taken;
  } catch (const SystemError& error) {
    if (error.error_number() == EAGAIN) return 0;
    throw error.about(fmt::format("{}'s socket", writer.name()));
  }
}

// Whatever is there, compared with what the other side wrote.
void read_some(Actor& reader, const Actor& writer) {
  const FileDescriptor socket = reader.borrow();
  // Out of line the byte at the mark is skipped, once.
  const bool skipped = writer.urgent && is_at_mark(socket.get()) &&
                       get_option(socket.get(), option::out_of_band_inline) == 0;
  std::vector<std::uint8_t> buffer(65536);
  const ssize_t n = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (skipped) ++reader.read;
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) throw SystemError("recv", fmt::format("{}'s socket", reader.name()), errno);
  // Out of line the byte that was skipped may have been the last.
  if (n == 0 && skipped && reader.read == writer.written) return;
  if (n == 0) {
    throw Violation(fmt::format("what {} reads", reader.name()),
                    fmt::format("{} more bytes", writer.written - reader.read), "end of file");
  }
  const auto length = static_cast<std::size_t>(n);
  const auto wanted = writer.says(reader.read, length);
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

}  // namespace sockcr::scenario
