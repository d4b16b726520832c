#include "engine/tool/same_descriptors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/process/open_file.h"
#include "engine/sys/call.h"
#include "engine/tool/open_files.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

constexpr int first_free = 3;  // behind standard input, output and error

FileDescriptor open_nothing() {
  return FileDescriptor(call(
      "open", [] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); },
      [] { return std::string("\"/dev/null\", O_RDONLY|O_CLOEXEC"); }));
}

void duplicate_to(int descriptor, int number) {
  call(
      "dup3", [&] { return ::dup3(descriptor, number, O_CLOEXEC); },
      [&] { return fmt::format("{}, {}, O_CLOEXEC", descriptor, number); });
}

void refuse_beyond_limit(int number) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = static_cast<rlim_t>(number) + 1;
  if (limit.rlim_cur >= needed) return;
  throw Refused(fmt::format(
      "descriptor {} is above the limit of open files; raise it: ulimit -n {}", number, needed));
}

}  // namespace

DescriptorLayout same_descriptors(const Image& image) {
  DescriptorLayout layout;
  for (std::size_t i = 0; i < image.where.size(); ++i) {
    for (const Holder& holder : image.where[i].holders) {
      const auto [entry, is_new] = layout.emplace(holder.descriptor, i);
      if (is_new || entry->second == i) continue;
      throw Refused(fmt::format(
          "two processes held different sockets at descriptor {}; one command cannot have both",
          holder.descriptor));
    }
  }
  return layout;
}

SameDescriptors::SameDescriptors(DescriptorLayout layout) : layout_(std::move(layout)) {
  if (layout_.empty()) return;
  refuse_beyond_limit(layout_.rbegin()->first);
  FileDescriptor nothing = open_nothing();
  const int source = nothing.get();
  for (const auto& [number, socket] : layout_) {
    if (number == source) {
      static_cast<void>(nothing.release());  // it lies where it shall
    } else if (number >= first_free) {
      duplicate_to(source, number);
    }
  }
}

void SameDescriptors::place(const std::vector<int>& sockets) {
  for (const auto& [number, place] : layout_) {
    const int socket = sockets.at(place);
    if (number >= first_free) {
      duplicate_to(socket, number);
    } else {
      standard_[number] = FileDescriptor(call(
          "fcntl", [&] { return ::fcntl(socket, F_DUPFD_CLOEXEC, first_free); },
          [&] { return fmt::format("{}, F_DUPFD_CLOEXEC, {}", socket, first_free); }));
    }
  }
}

void SameDescriptors::hand_over() {
  for (const auto& [number, socket] : standard_) ::dup2(socket.get(), number);
  for (auto each = layout_.rbegin(); each != layout_.rend(); ++each) {  // the lowest comes last
    ::fcntl(each->first, F_SETFD, 0);
    tell_of_signals_by(each->first);
  }
  if (!layout_.empty()) leave_room_above(layout_.rbegin()->first);
}

}  // namespace sockcr
