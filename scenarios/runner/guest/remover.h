// Removes a folder when this process is gone and could not, killed by SIGKILL for one.
#pragma once

#include <filesystem>

#include "engine/sys/descriptor.h"
#include "engine/sys/process.h"

namespace sockcr::runner {

class Remover {
 public:
  explicit Remover(const std::filesystem::path& folder);

 private:
  FileDescriptor alive_;  // its other end reads the end of file when nobody of us is left
  ChildProcess process_;
};

}  // namespace sockcr::runner
