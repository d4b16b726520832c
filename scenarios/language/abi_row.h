// One question to the kernel, as a step: in a network namespace of its own, with loopback alone.
#pragma once

#include <functional>
#include <string>

#include "scenarios/language/step.h"

namespace sockcr::scenario {

// `ask` gets the text, to say what did not hold.
Step asked_apart(const std::string& text, At at, std::function<void(const std::string&)> ask);

// "accepted", "EPERM", ...
std::string error_name(int error);

// Throw Violation. `result` is a call's: negative with errno.
void expect_equal(const std::string& what, const std::string& expected, const std::string& actual);
void expect_answer(const std::string& what, int expected, int result);

}  // namespace sockcr::scenario
