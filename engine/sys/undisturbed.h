// A processor for oneself, for a moment.
#pragma once

namespace sockcr {

// While it lives this thread is not preempted by an ordinary one (SCHED_FIFO), where this user may
// ask for that (CAP_SYS_NICE); elsewhere nothing changes. For a few calls that do not wait.
class Undisturbed {
 public:
  Undisturbed();
  ~Undisturbed();
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;

 private:
  bool is_granted_ = false;
};

}  // namespace sockcr
