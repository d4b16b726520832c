// One thing that the engine wants of this machine, and whether it has it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sockcr {

enum class Answer : std::uint8_t { yes, no, unknown };

// `text`: what was found, or what is missing; one clause, empty where a yes says it all.
struct Finding {
  Answer answer = Answer::unknown;
  std::string text;

  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Capability {
  std::string group;       // one heading of the list
  std::string name;        // as the kernel or the manual calls it
  std::string purpose;     // what the engine does with it
  bool essential = false;  // without it no connection is checkpointed and restored here
  Finding finding;
  std::string advice;  // what to do about it; empty with a yes
};

// Whether connections can be checkpointed and restored: no essential capability is missing.
bool all_essentials(const std::vector<Capability>& capabilities);

}  // namespace sockcr
