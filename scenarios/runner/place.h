// Where failing cases leave what they found.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "scenarios/runner/case.h"

namespace sockcr::runner {

// The absolute path of run-scenario.out: in the current folder, or under $TMPDIR (or /tmp) where
// the current one cannot be written. Nothing is made yet. Empty when no place can be written.
std::filesystem::path output_folder();

// The directory of one case inside: its name, what differs from one native cut, and from the second
// repetition on the round, for repetitions overlap in time.
std::string directory_name(const std::string& case_name, const scenario::CaseRequest& request,
                           std::uint64_t round);

// Removes what an earlier run of the same case left in `directory`; "" is nothing to do.
void clear_directory(const std::string& directory);

// Removes the output folder if clearing has left it empty.
void remove_if_empty(const std::filesystem::path& folder);

}  // namespace sockcr::runner
