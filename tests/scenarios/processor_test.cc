#include "scenarios/runner/guest/processor.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>
#include <set>
#include <vector>

#include "engine/sys/error.h"
#include "engine/sys/process.h"

namespace sockcr::runner {
namespace {

cpu_set_t usable_now() {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(0, sizeof set, &set);
  return set;
}

bool has_one_left() {
  const cpu_set_t set = usable_now();
  return CPU_COUNT(&set) == 1;
}

// As many guests as there are processors, and one more: what does not hold, or 0.
int guests_come() {
  const cpu_set_t usable = usable_now();
  const auto processors = static_cast<std::size_t>(CPU_COUNT(&usable));
  std::vector<FileDescriptor> guests;
  std::set<int> kept;
  for (std::size_t i = 0; i < processors; ++i) {
    guests.push_back(keep_to_a_processor());
    if (!guests.back() || !has_one_left()) return 1;
    kept.insert(::sched_getcpu());
    ::sched_setaffinity(0, sizeof usable, &usable);
  }
  if (kept.size() != processors) return 2;
  if (keep_to_a_processor()) return 3;
  return has_one_left() ? 0 : 4;
}

TEST(Processor, IsEachGuestsOwnWhileThereIsOne) {
  // Abstract names are a network namespace's: in its own no other guest is.
  const unsigned long apart = CLONE_NEWNET | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
  try {
    const auto [code, signal] = ChildProcess::run(guests_come, apart).wait();
    EXPECT_EQ(code, 0);
    EXPECT_EQ(signal, 0);
  } catch (const SystemError& error) {
    GTEST_SKIP() << "no network namespace of its own: " << error.what();
  }
}

}  // namespace
}  // namespace sockcr::runner
