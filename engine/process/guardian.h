// A child that watches over work which must be undone, or ended, even when the process that does it
// is killed.
//
//                    Guardian()        past_return()        ~Guardian()
//   engine killed       |                    |                   |
//   here:       nothing |        undo        |       finish      | nothing
//
// Dismissing is one system call, and so is past_return(): there is no moment between.
#pragma once

#include <functional>
#include <vector>

#include "engine/sys/process.h"

namespace sockcr {

class Guardian {
 public:
  // Done in this order; one that throws is reported on standard error and does not keep the next
  // from being done. Each may come upon work that was not begun, or not finished.
  using Chores = std::vector<std::function<void()>>;
  struct Duties {
    Chores undo;    // there and back again: as if nothing had been done
    Chores finish;  // past the point of no return
  };

  // Forks (this process must be single-threaded), so that the guardian holds a duplicate of every
  // descriptor that the chores name. It is in a session of its own: what a terminal sends to the
  // engine's process group, Ctrl-C or a hang-up, does not take it along.
  explicit Guardian(const Duties& duties);

  // A new guardian relieves an old one by move assignment: it stands before the other is dismissed.
  Guardian(Guardian&&) noexcept = default;
  Guardian& operator=(Guardian&&) noexcept = default;
  ~Guardian() = default;

  void past_return();
  pid_t pid() const { return child_.pid(); }

 private:
  Pipe decision_;  // holds a byte once the point of no return is passed
  ChildProcess child_;
};

}  // namespace sockcr
