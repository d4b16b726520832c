// What a kernel says on its console, and what of it is a complaint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockcr::runner {

struct Complaint {
  std::string headline;   // "kernel panic: Kernel mode fault at addr 0x8"
  std::string trace;      // from its first line to the end of the console
  bool is_fatal = false;  // a panic: nothing comes after it
};

// The first one in `text`: BUG, WARNING, Oops, a panic, a report of a sanitizer or of a stall. Its
// headline is the panic's where there is one.
std::optional<Complaint> complaint_in(std::string_view text);

// The last `count` lines that say something.
std::string last_lines(std::string_view text, std::size_t count);

}  // namespace sockcr::runner
