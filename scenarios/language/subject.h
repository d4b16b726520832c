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

// It has no control channel that an engine would have to save. Its sockets are at hand in this
// process, until a cut or a call wants a process that holds them alone; they are reached there by
// pidfd_getfd, and come back when it shall hold another one, or one less. No kernel can tell.
class Subject {
 public:
  // As the next descriptor, whose number is returned; the first is 3.
  int hold(int socket);
  // The next number is so many higher.
  void leave_out(int descriptors) { next_ += descriptors; }
  // As a process, even where it has nothing to hold.
  void exist();
  // The socket, for a moment.
  FileDescriptor borrow(int descriptor) const;
  void replace(int descriptor, int socket);
  // What is returned is the last reference.
  FileDescriptor let_go(int descriptor);

  pid_t pid() const { return process_.value().pid(); }  // of one that exists
  std::optional<pid_t> pid_if_any() const {
    return process_ ? std::optional(process_->pid()) : std::nullopt;
  }
  const std::set<int>& descriptors() const { return descriptors_; }

  // Killed, and what it holds with it.
  void end();
  // Somebody else has killed it; it is reaped.
  void was_killed() { process_.reset(); }
  // Another process, with these sockets (descriptor -> socket of the caller).
  void start_again(const std::map<int, int>& sockets, std::set<int> close_on_exec = {});
  // That process, which the engine has made: it holds what it holds.
  void became(ChildProcess process);
  // Of each descriptor its own; asked of the kernel where the process exists.
  void close_on_exec(int descriptor);
  bool is_close_on_exec(int descriptor) const;

  // Signals of input and output stay pending in it (proc_pid_status(5)).
  bool has_pending(int signal) const;

  // Another process, with the same sockets, which sleeps in this call of one of them.
  struct Sleep {
    std::string call;  // read, accept, epoll, edge: the words of subject.cc
    int descriptor = -1;
    FileDescriptor reports;  // a pipe
  };
  void sleep_in(std::string call, int descriptor);
  // The last one, whose process somebody may have replaced since.
  const Sleep& sleep() const { return sleep_; }
  // It sleeps no more.
  void idle() { take_back(); }

 private:
  void take_back();
  std::map<int, int> numbers_at_hand() const;
  void start(std::vector<std::string> arguments, const std::map<int, int>& descriptors);
  std::vector<std::string> close_on_exec_arguments() const;
  std::string proc_field(const std::string& file, const std::string& field) const;

  std::optional<ChildProcess> process_;
  std::map<int, FileDescriptor> at_hand_;  // empty while the process exists
  std::set<int> descriptors_;
  std::set<int> close_on_exec_;  // of these
  int next_ = 3;
  Sleep sleep_;
};

}  // namespace sockcr::scenario
