// Where the time of cases goes: sums, part by part.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace sockcr::runner {

// The parts of one case, in milliseconds. "process" is what the runner alone can see: the start and
// the end of a case's process. The others, in the order of a case: "namespaces", "capture" and
// "laboratory" (the rest of it), "drive", "wire" (gate, faults, what is around the ends), "cut",
// "judge", "end" (until everything in the namespaces has vanished).
using Parts = std::map<std::string, double>;

class Profile {
 public:
  void add(const Parts& parts);

  // A table, the largest part first; "" where nothing was added. `wall` is the time of the whole
  // run, of which the cases at once share the CPUs.
  std::string to_text(std::chrono::duration<double> wall) const;

 private:
  std::uint64_t cases_ = 0;
  Parts sums_;
};

}  // namespace sockcr::runner
