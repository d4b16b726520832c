// A stream that may be a terminal: text above, one status line that is redrawn below it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "engine/sys/poll.h"
#include "scenarios/runner/palette.h"

namespace sockcr::runner {

class Screen {
 public:
  explicit Screen(std::FILE* stream);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  bool is_terminal() const { return terminal_; }
  const Palette& palette() const { return palette_; }  // plain when piped or NO_COLOR is set
  std::size_t width() const;                           // columns that a line may fill

  void print(std::string_view text);     // whole lines
  void status(const std::string& line);  // nothing when this is no terminal
  bool status_is_due() const;            // at most some ten times a second
  void clear_status();

 private:
  std::FILE* stream_;
  bool terminal_;
  Palette palette_;
  bool status_shown_ = false;
  Clock::time_point last_status_{};
};

}  // namespace sockcr::runner
