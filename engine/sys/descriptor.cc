#include "engine/sys/descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/sys/call.h"

namespace sockcr {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void FileDescriptor::reset() {
  if (number_ < 0) return;
  const int number = std::exchange(number_, -1);
  try_call(
      "close", [&] { return ::close(number); }, [&] { return fmt::format("{}", number); });
}

FileDescriptor FileDescriptor::duplicate_of(int number) {
  return FileDescriptor(call(
      "fcntl", [&] { return ::fcntl(number, F_DUPFD_CLOEXEC, 3); },
      [&] { return fmt::format("{}, F_DUPFD_CLOEXEC, 3", number); }));
}

Pipe Pipe::make() {
  int ends[2] = {-1, -1};
  call(
      "pipe2", [&] { return ::pipe2(ends, O_CLOEXEC); }, [&] { return std::string("O_CLOEXEC"); });
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

}  // namespace sockcr
