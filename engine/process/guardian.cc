#include "engine/process/guardian.h"

#include <sys/prctl.h>
#include <unistd.h>
#include <cstdio>
#include <exception>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

void do_all(const Guardian::Chores& chores) {
  for (const auto& chore : chores) {
    try {
      chore();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while undoing what a killed engine left: %s\n", error.what());
    }
  }
}

// The end of the engine is asked of a pidfd and not of the pipe: its write end may live on in other
// children of the engine.
int stand_guard(const PidFd& engine, const Pipe& decision, const Guardian::Duties& duties) {
  ::setsid();
  ::prctl(PR_SET_NAME, "sockcr-guardian");
  while (!engine.ended_within(1h)) continue;
  do_all(readable_within(decision.read_end.get(), 0s) ? duties.finish : duties.undo);
  return 0;
}

ChildProcess start(const Pipe& decision, const Guardian::Duties& duties) {
  const PidFd engine = PidFd::open(::getpid());
  return ChildProcess::run([&] { return stand_guard(engine, decision, duties); }, 0,
                           ChildProcess::Bond::loose);
}

}  // namespace

Guardian::Guardian(const Duties& duties)
    : decision_(Pipe::make()), child_(start(decision_, duties)) {}

void Guardian::past_return() {
  call(
      "write", [&] { return ::write(decision_.write_end.get(), "!", 1); },
      [&] { return std::string("the guardian, \"!\", 1"); });
}

}  // namespace sockcr
