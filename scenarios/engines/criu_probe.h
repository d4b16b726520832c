// Whether CRIU works here at all: what fails then is no socket's fault, and no kernel's either.
#pragma once

#include <filesystem>
#include <string>

namespace sockcr::scenario {

// Dumps and restores a subject that holds nothing; throws Trouble, with CRIU's last words, where
// that fails.
void require_criu_at_work(const std::string& program, const std::string& subject_program,
                          const std::filesystem::path& folder);

}  // namespace sockcr::scenario
