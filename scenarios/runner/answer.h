// What the end of a case process means: values in, a verdict out.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/runner/case.h"
#include "scenarios/runner/crew.h"

namespace sockcr::runner {

// The result that the process gave, or trouble where it gave none: killed by a signal, gone without
// a word, an answer that is none, no answer in time. A pass of a process that then ended badly is
// trouble too: the end of a case is a part of it.
scenario::CaseResult result_of(const Ended& ended, Clock::duration limit,
                               std::string_view kernel_release);

// How a process ended: "exited with 3", "died by SIGSEGV".
std::string end_text(const ChildProcess::Exit& exit);

// The last line of `text` that is not empty, without control characters.
std::string last_line(std::string_view text);

// `text` as one line that is safe to print.
std::string one_line(std::string_view text);

double milliseconds(Clock::duration duration);

}  // namespace sockcr::runner
