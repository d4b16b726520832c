// Making room for a node in the file system, and finding a socket by it.
#pragma once

#include <string>

#include "engine/image/unix_socket.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

// The calling process is in this directory while the scope lives; where it was, when it is empty.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const Bytes& directory);
  ~WorkingDirectory();
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  FileDescriptor before_;
};

// What stands at `path` stands beside it while the scope lives.
class Aside {
 public:
  explicit Aside(std::string path);
  ~Aside();
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

 private:
  std::string path_, beside_;  // empty where nothing stands there
};

// Unlinks the node of a socket that is there no more. Throws SystemError (EADDRINUSE) for anything
// else at `path`: a file, a socket that somebody has.
void unlink_dead_node(const std::string& path, UnixType type);

}  // namespace sockcr
