// Whoever runs cases, many at once, heard by one poll loop: no thread, no sleep. Processes of this
// machine (process_crew.h), or those of a guest with another kernel (guest/guest_crew.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/sys/poll.h"
#include "engine/sys/process.h"
#include "scenarios/runner/calibration.h"

namespace sockcr::runner {

// What a kernel did, other than running its processes, while a case ran in it.
struct KernelFault {
  std::string reason;        // one line
  std::string trace;         // what its console said, many lines
  bool is_violation = true;  // or this machine could not make it run
  std::string directory{};   // where that was left; "": nowhere

  bool operator==(const KernelFault&) const = default;
};

struct Ended {
  std::uint64_t ticket;
  ChildProcess::Exit exit;
  bool timed_out;           // killed because its time was up
  std::string answer;       // what came from the answer's descriptor
  std::string diagnostics;  // the end of what it printed elsewhere
  Clock::duration took;
  std::optional<KernelFault> fault{};  // then all above but the ticket means nothing
};

class Crew {
 public:
  struct Order {
    std::uint64_t ticket;  // comes back in Ended
    std::vector<std::string> arguments;
    int answer_descriptor;  // 1, or one above 2: then 1 is diagnostics, as 2 always is
    Clock::duration limit;
    std::string directory{};  // where it leaves what it found; "": nowhere
  };

  virtual ~Crew() = default;

  virtual std::string kernel() const = 0;  // release of the one that judges
  virtual Pace pace() = 0;                 // of the machine that runs them; takes some 20 ms

  virtual std::size_t size() const = 0;

  // Throws SystemError when the program cannot be executed. Standard input is empty.
  virtual void start(const Order& order) = 0;

  // Waits until somebody ended, `wake` is readable (-1: nothing), or `limit` has passed. Whoever is
  // past its own limit is killed. A process counts as ended when it is a zombie, whoever still
  // holds its pipes.
  virtual std::vector<Ended> wait(Clock::duration limit, int wake) = 0;

  virtual void kill_all() = 0;  // SIGKILL; their ends are still to be waited for
};

}  // namespace sockcr::runner
