#include "engine/image/open_file.h"

#include <array>
#include <utility>

namespace sockcr {

std::string to_text(StatusFlags flags) {
  constexpr std::array names{
      std::pair{StatusFlags::append, "O_APPEND"}, std::pair{StatusFlags::nonblock, "O_NONBLOCK"},
      std::pair{StatusFlags::async, "O_ASYNC"}, std::pair{StatusFlags::noatime, "O_NOATIME"}};
  std::string text;
  for (const auto& [flag, name] : names) {
    if ((flags & flag) == StatusFlags::none) continue;
    text += (text.empty() ? "" : "|") + std::string(name);
  }
  return text.empty() ? "none" : text;
}

std::string_view to_text(SignalOwner owner) {
  switch (owner) {
    case SignalOwner::nobody:
      return "nobody";
    case SignalOwner::thread:
      return "thread";
    case SignalOwner::process:
      return "process";
    case SignalOwner::group:
      return "process group";
  }
  return "?";
}

}  // namespace sockcr
