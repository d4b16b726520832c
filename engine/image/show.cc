#include "engine/image/show.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <csignal>
#include <cstring>
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

std::string signal_name(int signal) {
  if (signal == SIGIO) return "SIGIO";  // or SIGPOLL, which is the same
  const char* const name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : fmt::format("signal {}", signal);
}

std::string owner_text(const Image& image, const OpenFile& file, std::int32_t owner_pid) {
  if (file.owner == SignalOwner::nobody) return "nobody";
  return fmt::format("{} {}{}", to_text(file.owner), owner_pid,
                     is_of_image(image, owner_pid) ? "" : ", which is none of the image's: lost");
}

// Nothing where it is as socket(2) has made it.
std::string file_text(const Image& image, std::size_t i) {
  const OpenFile* const file = open_file_of(image.sockets[i]);
  if (file == nullptr || *file == OpenFile{}) return "";
  std::string text = file->flags == StatusFlags::none ? "" : to_text(file->flags);
  if (file->signal != 0 || file->owner != SignalOwner::nobody) {
    text += fmt::format("{}{} to {}", text.empty() ? "" : ", ",
                        signal_name(file->signal == 0 ? SIGIO : file->signal),
                        owner_text(image, *file, image.where[i].owner_pid));
  }
  return row("file", text);
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
    text += show(image.sockets[i], words) + file_text(image, i);
    text += std::visit([&](const auto& kind) { return where_text(kind, image.where[i]); },
                       image.sockets[i]);
  }
  return text;
}

}  // namespace sockcr
