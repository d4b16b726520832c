#pragma once

#include <cstdio>
#include <string>

namespace sockcr::runner {

// A file that appears under its name when it is whole: written under a temporary one beside it,
// renamed by `commit`, removed where that never comes.
class ReplacedFile {
 public:
  explicit ReplacedFile(std::string name);  // throws UsageError where it cannot be written
  ~ReplacedFile();
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;

  std::FILE* stream() const { return stream_; }
  void commit();  // throws SystemError when a byte could not be written

 private:
  std::string name_, temporary_;
  std::FILE* stream_;
};

}  // namespace sockcr::runner
