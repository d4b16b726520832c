#include "engine/tool/image_stream.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <span>

#include "engine/image/decode.h"
#include "engine/image/file.h"
#include "engine/image/image_error.h"
#include "engine/sys/error.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

void await_reader(HeldSignals& signals) {
  pollfd entries[] = {{STDOUT_FILENO, POLLOUT, 0}, {signals.descriptor(), POLLIN, 0}};
  if (::poll(entries, 2, -1) < 0 && errno != EINTR) throw SystemError("poll", "", errno);
  if (entries[1].revents != 0) signals.check();
}

// No more at a time than what a pipe that is writable takes without waiting: while we wait the
// peers do too, and Ctrl-C must be heard.
void write_to_output(std::span<const std::uint8_t> image, HeldSignals& signals) {
  while (!image.empty()) {
    await_reader(signals);
    const std::size_t step = std::min<std::size_t>(image.size(), PIPE_BUF);
    write_image(STDOUT_FILENO, "standard output", image.first(step));
    image = image.subspan(step);
  }
  if (::fsync(STDOUT_FILENO) != 0 && errno != EINVAL && errno != EROFS) {
    throw SystemError("fsync", "standard output", errno);
  }
}

}  // namespace

Image read_named_image(const std::string& path) {
  try {
    return decode(path == "-" ? read_image(STDIN_FILENO, "standard input") : read_image_file(path));
  } catch (const ImageError& error) {
    throw Refused(fmt::format("{}: {}", path, error.what()));
  }
}

void refuse_terminal(const std::string& path) {
  if (path != "-" || ::isatty(STDOUT_FILENO) == 0) return;
  throw WrongUse("an image is not for a terminal: redirect standard output, or name a file");
}

void write_named_image(const std::string& path, const Bytes& image, HeldSignals& signals) {
  if (path == "-") return write_to_output(image, signals);
  write_image_file(path, image);
}

}  // namespace sockcr
