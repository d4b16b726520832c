// What a case leaves for people: the story of a failure, and the files of its directory.
#pragma once

#include <string>

#include "scenarios/language/play.h"

namespace sockcr::scenario {

// case, step n of m, file:line, expected, actual, transcript, packets since the cut, both ends,
// trace.
std::string report_of(World& world, const Performance& performance, bool with_trace);

// One line: what was expected and what came.
std::string reason_of(const Performance& performance);

// capture.pcapng, report.txt, trace.txt, image.sockcr, into `directory`, which is made.
void leave_files(const World& world, const Performance& performance, const std::string& report,
                 const std::string& directory);

}  // namespace sockcr::scenario
