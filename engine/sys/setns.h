#pragma once

#include <functional>
#include <string>

#include "engine/sys/descriptor.h"

namespace sockcr {

// A network namespace held open by a descriptor. A socket belongs for ever to the namespace in
// which it was made, so a thread needs to be inside only while it makes one.
class NetworkNamespace {
 public:
  static NetworkNamespace current();
  static NetworkNamespace of_path(const std::string& path);  // /proc/PID/ns/net, /run/netns/NAME
  // A new one (CLONE_NEWNET, CAP_SYS_ADMIN in the user namespace); the caller stays where it is.
  static NetworkNamespace create();

  int get() const { return descriptor_.get(); }
  NetworkNamespace duplicate() const { return NetworkNamespace(descriptor_.duplicate()); }

  // The calling thread is inside while the scope lives.
  class Scope {
   public:
    explicit Scope(const NetworkNamespace& inside);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    FileDescriptor outside_;
  };

 private:
  explicit NetworkNamespace(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  FileDescriptor descriptor_;
};

}  // namespace sockcr
