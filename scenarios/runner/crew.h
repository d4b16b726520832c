// Many child processes at once, heard by one poll loop: no thread, no sleep.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/sys/poll.h"
#include "engine/sys/process.h"

namespace sockcr::runner {

struct Ended {
  std::uint64_t ticket;
  ChildProcess::Exit exit;
  bool timed_out;           // killed because its time was up
  std::string answer;       // what came from the answer's descriptor
  std::string diagnostics;  // the end of what it printed elsewhere
  Clock::duration took;
};

class Crew {
 public:
  struct Order {
    std::uint64_t ticket;  // comes back in Ended
    std::vector<std::string> arguments;
    int answer_descriptor;  // 1, or one above 2: then 1 is diagnostics, as 2 always is
    Clock::duration limit;
  };

  Crew();
  ~Crew();

  std::size_t size() const { return members_.size(); }

  // Throws SystemError when the program cannot be executed. Standard input is empty.
  void start(const Order& order);

  // Waits until somebody ended, `wake` is readable (-1: nothing), or `limit` has passed. Whoever is
  // past its own limit is killed. A process counts as ended when it is a zombie, whoever still
  // holds its pipes.
  std::vector<Ended> wait(Clock::duration limit, int wake = -1);

  void kill_all();  // SIGKILL; their ends are still to be waited for

 private:
  struct Member;

  Clock::duration until_next_deadline(Clock::duration limit) const;
  std::vector<Ended> collect_ended();
  void kill_late();

  FileDescriptor nothing_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace sockcr::runner
