// The hand-over `same-fd`: every socket at the descriptor number that it had.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "engine/image/image.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

// Descriptor number -> place of the socket in the image.
using DescriptorLayout = std::map<int, std::size_t>;

// Several processes become one. Throws Refused when two of them held different sockets at one
// number.
DescriptorLayout same_descriptors(const Image& image);

// Keeps the numbers free for the sockets from the start, so that nothing that is opened meanwhile
// lies on one; what the caller inherited there is replaced. Numbers 0 to 2 are exchanged last.
class SameDescriptors {
 public:
  // Throws Refused when a number is above the limit of open files (open_files.h).
  explicit SameDescriptors(DescriptorLayout layout);

  // Duplicates of `sockets` (in the image's order) at their numbers; not yet inherited.
  void place(const std::vector<int>& sockets);

  // From here on the numbers are what a program inherits, those that were close-on-exec too: they
  // would not outlive the exec that hands them over. Signals of input and output tell the lowest
  // number of their socket (si_fd).
  void hand_over();

 private:
  DescriptorLayout layout_;
  std::map<int, FileDescriptor> standard_;  // what waits for 0, 1 and 2
};

}  // namespace sockcr
