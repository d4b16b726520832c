#pragma once

#include <utility>

namespace sockcr {

// The one owner of a file descriptor. Empty after a move. Descriptors are close-on-exec: what a
// program shall inherit is handed over on purpose (program.h).
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void reset();
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

  // A second descriptor for the same open file, close-on-exec too.
  static FileDescriptor duplicate_of(int number);
  FileDescriptor duplicate() const { return duplicate_of(number_); }

 private:
  int number_ = -1;
};

// A pipe of two close-on-exec ends.
struct Pipe {
  FileDescriptor read_end, write_end;
  static Pipe make();
};

}  // namespace sockcr
