// The first files of a virtual machine, as its kernel unpacks them: cpio's format "newc".
#pragma once

#include <sys/types.h>
#include <string>
#include <string_view>

namespace sockcr::runner {

class Initrd {
 public:
  void add_folder(std::string_view name);
  void add_file(std::string_view name, std::string_view bytes, mode_t permissions);
  void add_device(std::string_view name, unsigned major, unsigned minor);  // a character one

  // Another archive may follow it: a kernel unpacks them all.
  std::string bytes() &&;

 private:
  struct Entry {
    std::string_view name;
    mode_t mode = 0;
    std::string_view bytes{};
    unsigned major = 0, minor = 0;
  };
  void add(const Entry& entry);

  std::string bytes_;
  unsigned entries_ = 0;
};

}  // namespace sockcr::runner
