// The values of options: what is accepted, and how it is worded when it is not.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "scenarios/runner/schedule.h"

namespace sockcr::runner {

// Validators that add nothing to --help: the description says what is accepted.
CLI::Validator one_of(std::vector<std::string> words);
CLI::Validator whole_number(std::uint64_t least,
                            std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
CLI::Validator factor(double least, double most);

// A comma list of cuts, each kept once; throws UsageError.
std::vector<std::string> parse_cuts(const std::string& text);

// "I/N", 1 <= I <= N; throws UsageError.
Shard parse_shard(const std::string& text);

}  // namespace sockcr::runner
