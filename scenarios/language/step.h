// A timeline is a list of steps, and a step is a value: what it says, what it does, where it
// stands.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace sockcr::scenario {

class World;
class Steps;
struct Settings;

// The place in a scenario's source, by default arguments (clang 14 has no std::source_location).
struct At {
  const char* file = "";
  int line = 0;
  static At here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

// Whose fault an error of the machine is in this step (design: "Whose fault is an error?").
enum class StepKind {
  laboratory,  // always trouble of this machine
  drive,       // of a socket: trouble before the cut, a violation from it on
  engine,      // a violation, unless it is a refusal by name
};

struct Step {
  std::string text;
  std::function<void(World&)> run;
  At at{};
  StepKind kind = StepKind::drive;
  // What the run makes of a step that it decides about; empty: the step itself.
  std::function<Steps(const Settings&)> becomes{};
};

// Lists of steps nest, and a step without text (of 0 bytes, say) vanishes.
class Steps {
 public:
  Steps() = default;
  Steps(Step step) { append(std::move(step)); }  // NOLINT(google-explicit-constructor)
  Steps(std::initializer_list<Steps> parts) {
    for (const Steps& part : parts) append(part);
  }

  void append(Step step) {
    if (!step.text.empty()) steps_.push_back(std::move(step));
  }
  void append(const Steps& more) {
    for (const Step& step : more.steps_) append(step);
  }
  const std::vector<Step>& list() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

}  // namespace sockcr::scenario
