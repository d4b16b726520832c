#include "engine/sys/undisturbed.h"

#include <sched.h>

namespace sockcr {

Undisturbed::Undisturbed() {
  const sched_param least{.sched_priority = 1};
  is_granted_ =
      ::sched_getscheduler(0) == SCHED_OTHER && ::sched_setscheduler(0, SCHED_FIFO, &least) == 0;
}

Undisturbed::~Undisturbed() {
  const sched_param ordinary{.sched_priority = 0};
  if (is_granted_) ::sched_setscheduler(0, SCHED_OTHER, &ordinary);
}

}  // namespace sockcr
