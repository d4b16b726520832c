// Whose fault it is that a kernel complained while several cases ran: each of them runs again,
// alone in a kernel of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "scenarios/runner/crew.h"

namespace sockcr::runner {

// The fault of the one case that ran, in its own words.
Ended blamed(std::uint64_t ticket, const KernelFault& fault);

class Lineup {
 public:
  Lineup(std::vector<std::uint64_t> suspects, KernelFault fault);

  std::optional<std::uint64_t> next();  // who is to run now, alone; nothing: all have

  void ended(Ended ended);  // it ended, and the kernel lives
  void complained(std::uint64_t ticket,
                  const KernelFault& fault);  // the kernel, while it ran alone

  // When all have run. Where none can do it alone, all are to blame together: the kernel did
  // complain, and a line that says nothing of it would be wrong.
  std::vector<Ended> judged() &&;

  // When no guest is left for those that have not run: nothing is said of these, unless nobody was
  // found, for the kernel did complain.
  std::vector<Ended> broken_off() &&;

 private:
  std::vector<Ended> all_blamed(std::string_view how) const;

  std::deque<std::uint64_t> suspects_;
  std::size_t together_;
  KernelFault fault_;
  bool found_ = false;
  std::vector<Ended> ended_;
};

}  // namespace sockcr::runner
