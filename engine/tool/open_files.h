#pragma once

#include <sys/resource.h>

namespace sockcr {

// As many open files as the hard limit allows, as long as it lives: every socket that is taken or
// built is one, and the usual soft limit is 1024.
class MoreOpenFiles {
 public:
  MoreOpenFiles();
  ~MoreOpenFiles();
  MoreOpenFiles(const MoreOpenFiles&) = delete;
  MoreOpenFiles& operator=(const MoreOpenFiles&) = delete;

 private:
  rlimit before_{};
};

// A program whose descriptors lie above its soft limit cannot open anything, not even its
// libraries: then as many as the limit allowed are allowed above `highest`.
void leave_room_above(int highest);

}  // namespace sockcr
