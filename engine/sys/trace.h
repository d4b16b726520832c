// A record of system calls in strace's notation, so that a maintainer can replay what an engine did
// without the engine:  `setsockopt(5, SOL_TCP, TCP_REPAIR, [1], 4) = 0`
//
// Every wrapper of this room reports to the trace that is current on its thread, if there is one.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sockcr {

class Trace {
 public:
  struct Line {
    std::chrono::nanoseconds at;  // CLOCK_MONOTONIC
    std::string text;
  };

  // `error_number` counts when `result` is negative.
  void record(std::string_view call, std::string_view arguments, long result, int error_number);
  // A remark between the calls, printed as `-- text`: which action of a plan the next calls serve.
  void remark(std::string_view text);

  // Something that shall happen between any two calls; what it calls itself is not recorded.
  void behind_each_call(std::function<void()> happen) { happen_ = std::move(happen); }

  const std::vector<Line>& lines() const { return lines_; }
  // One line a call, seconds since the first one in front.
  std::string to_text() const;

  static Trace* current();

  // Makes `trace` current on this thread as long as the scope lives.
  class Scope {
   public:
    explicit Scope(Trace* trace);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Trace* previous_;
  };

 private:
  std::vector<Line> lines_;
  std::function<void()> happen_;
};

}  // namespace sockcr
