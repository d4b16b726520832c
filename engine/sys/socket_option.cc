#include "engine/sys/socket_option.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>
#include <string>

namespace sockcr {
namespace {

std::string level_name(int level) {
  switch (level) {
    case SOL_SOCKET:
      return "SOL_SOCKET";
    case IPPROTO_TCP:
      return "SOL_TCP";
    case IPPROTO_IP:
      return "SOL_IP";
    case IPPROTO_IPV6:
      return "SOL_IPV6";
    default:
      return fmt::format("{}", level);
  }
}

// As strace prints it: a number where the value is one, else the bytes.
std::string value_text(const void* value, socklen_t length) {
  if (length == sizeof(int)) {
    int number = 0;
    std::memcpy(&number, value, sizeof number);
    return fmt::format("[{}]", number);
  }
  const auto* bytes = static_cast<const unsigned char*>(value);
  std::string text = "\"";
  for (socklen_t i = 0; i < std::min<socklen_t>(length, 32); ++i)
    text += fmt::format("\\x{:02x}", bytes[i]);
  return text + (length > 32 ? "\"..." : "\"");
}

}  // namespace

socklen_t get_option_bytes(int socket, int level, int number, std::string_view name, void* value,
                           socklen_t length) {
  socklen_t actual = length;
  call(
      "getsockopt", [&] { return ::getsockopt(socket, level, number, value, &actual); },
      [&] {
        return fmt::format("{}, {}, {}, {}, [{}]", socket, level_name(level), name,
                           value_text(value, std::min(actual, length)), actual);
      });
  return actual;
}

void set_option_bytes(int socket, int level, int number, std::string_view name, const void* value,
                      socklen_t length) {
  call(
      "setsockopt", [&] { return ::setsockopt(socket, level, number, value, length); },
      [&] {
        return fmt::format("{}, {}, {}, {}, {}", socket, level_name(level), name,
                           value_text(value, length), length);
      });
}

}  // namespace sockcr
