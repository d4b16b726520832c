// The file of expectations: JSON, written by people, so that every complaint names line and field.
//
//   {"expectations": [
//     {"case": "refused_kinds.*_ao",          NAME.VARIANT as a glob; needed
//      "except": ["refused_kinds.v6_*"],      globs: of those the ones that are not meant
//      "outcome": "skip",                     fail or skip; needed
//      "reason": "CONFIG_TCP_AO: Linux 6.7",  why, for people; needed
//      "says": "does not have it",            regular expression, found in the case's reason
//      "cut": "once,twice",                   default: every cut
//      "engine": "native",                    a glob; default: every engine
//      "kernel": {"since": "4.10", "before": "6.7"},   since <= kernel < before; either alone too
//      "see": "commit or thread"}]}           needed with fail
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/runner/expectations.h"

namespace sockcr::runner {

// Throws UsageError, "FILE:LINE: field: what is wrong".
std::vector<Expectation> parse_expectations(std::string_view text, const std::string& file);
std::vector<Expectation> read_expectations(const std::filesystem::path& file);

// expectations.json in the folder of this program or, for a scenario binary, in the one above;
// empty where there is none.
std::filesystem::path usual_expectation_file();

}  // namespace sockcr::runner
