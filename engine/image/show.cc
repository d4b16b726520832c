#include "engine/image/show.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <ctime>

#include "engine/image/records.h"
#include "engine/image/show_row.h"

namespace sockcr {
namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;

std::string moment(std::int64_t realtime_ns) {
  const auto seconds = static_cast<std::time_t>(realtime_ns / nanoseconds);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:09} UTC", fmt::gmtime(seconds),
                     realtime_ns % nanoseconds);
}

std::string holders_text(const SocketCircumstance& where) {
  std::string text = fmt::format("ino:{}", where.inode);
  for (const Holder& holder : where.holders) {
    text += fmt::format(" (pid={},fd={}{})", holder.pid, holder.descriptor,
                        holder.close_on_exec ? ",cloexec" : "");
  }
  return text;
}

std::string where_text(const TcpRequest& request, const SocketCircumstance&) {
  return row("waits for", fmt::format("the client's ACK, in socket {}", request.listener));
}

std::string where_text(const TcpTimeWait&, const SocketCircumstance&) {
  return row("held by", "nobody (time-wait)");
}

std::string where_text(const TcpConnection& c, const SocketCircumstance& where) {
  switch (c.owner) {
    case Owner::program:
      return row("held by", holders_text(where));
    case Owner::listener:
      return row("waits for", fmt::format("accept in socket {}", c.listener));
    case Owner::nobody:
      return row("held by", "nobody (orphan)");
  }
  return "";
}

std::string where_text(const UnixSocket& socket, const SocketCircumstance& where) {
  if (socket.listener != 0) {
    return row("waits for", fmt::format("accept in socket {}", socket.listener));
  }
  return row("held by", where.holders.empty() ? "a message" : holders_text(where));
}

template <class Kind>
std::string where_text(const Kind&, const SocketCircumstance& where) {
  return row("held by", holders_text(where));
}

std::string circumstance_text(const Circumstance& c) {
  return row("taken", moment(c.realtime_ns)) + row("kernel", c.kernel_release) +
         row("boot", fmt::format("{}, {}.{:09} s after it", c.boot_id, c.monotonic_ns / nanoseconds,
                                 c.monotonic_ns % nanoseconds));
}

}  // namespace

std::string show(const Image& image, const OptionWords& words) {
  std::string text =
      fmt::format("image {}, format {}, {} socket{}\n", image_id_text(image.circumstance.image_id),
                  image_version, image.sockets.size(), image.sockets.size() == 1 ? "" : "s");
  text += circumstance_text(image.circumstance);
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    text += "\n";
    if (image.sockets.size() > 1) text += fmt::format("socket {}: ", i + 1);
    text += show(image.sockets[i], words);
    text += std::visit([&](const auto& kind) { return where_text(kind, image.where[i]); },
                       image.sockets[i]);
  }
  return text;
}

}  // namespace sockcr
