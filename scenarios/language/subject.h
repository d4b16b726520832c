// The processes that hold ours' sockets and do nothing else.
#pragma once

#include <sys/types.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/sys/descriptor.h"
#include "engine/sys/process.h"

namespace sockcr::scenario {

// One of them, from the first socket it holds to the end of the case. It has no control channel
// that an engine would have to save: its sockets are reached by pidfd_getfd and let go again, and
// when it shall hold another one, or one less, another process takes its place. No kernel can tell.
class Subject {
 public:
  // As the next descriptor, whose number is returned; the first is 3.
  int hold(int socket);
  // A process, even where it has nothing to hold: a cut wants one.
  void exist();
  // The socket, for a moment.
  FileDescriptor borrow(int descriptor) const;
  void replace(int descriptor, int socket);
  // What is returned is the last reference.
  FileDescriptor let_go(int descriptor);

  pid_t pid() const { return process_->pid(); }
  const std::set<int>& descriptors() const { return descriptors_; }

  // Killed, and what it holds with it.
  void end() { process_.reset(); }
  // Somebody else has killed it; it is reaped.
  void was_killed() { process_.reset(); }
  // Another process, with these sockets (descriptor -> socket of the caller).
  void start_again(const std::map<int, int>& sockets);

  // Another process, with the same sockets, which sleeps in this call of one of them.
  struct Sleep {
    std::string call;  // read, accept, epoll, edge: the words of subject.cc
    int descriptor = -1;
    FileDescriptor reports;  // a pipe
  };
  void sleep_in(std::string call, int descriptor);
  // The last one, whose process somebody may have replaced since.
  const Sleep& sleep() const { return sleep_; }
  // Another process, which does nothing.
  void idle();

 private:
  std::map<int, FileDescriptor> borrow_all() const;
  void start(std::vector<std::string> arguments, const std::map<int, int>& descriptors);

  std::optional<ChildProcess> process_;
  std::set<int> descriptors_;
  int next_ = 3;
  Sleep sleep_;
};

}  // namespace sockcr::scenario
