#include "engine/sys/trace.h"

#include <fmt/format.h>
#include <time.h>
#include <cstring>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

thread_local Trace* current_trace = nullptr;

std::chrono::nanoseconds now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

void Trace::record(std::string_view call, std::string_view arguments, long result,
                   int error_number) {
  std::string text = fmt::format("{}({}) = {}", call, arguments, result);
  if (result < 0) {
    text += fmt::format(" {} ({})", errno_name(error_number), std::strerror(error_number));
  }
  lines_.push_back({now(), std::move(text)});
  if (!happen_) return;
  const Scope unrecorded(nullptr);
  happen_();
}

void Trace::remark(std::string_view text) { lines_.push_back({now(), fmt::format("-- {}", text)}); }

std::string Trace::to_text() const {
  std::string text;
  for (const Line& line : lines_) {
    const double seconds = std::chrono::duration<double>(line.at - lines_.front().at).count();
    text += fmt::format("{:.6f} {}\n", seconds, line.text);
  }
  return text;
}

Trace* Trace::current() { return current_trace; }

Trace::Scope::Scope(Trace* trace) : previous_(current_trace) { current_trace = trace; }
Trace::Scope::~Scope() { current_trace = previous_; }

}  // namespace sockcr
