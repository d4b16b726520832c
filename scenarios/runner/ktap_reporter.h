// KTAP version 1, as the kernel's Documentation/dev-tools/ktap.rst has it: a test is a scenario,
// a subtest one of its cases.
#pragma once

#include <cstdio>
#include <string>

#include "scenarios/runner/blocks.h"
#include "scenarios/runner/reporter.h"
#include "scenarios/runner/side_bar.h"

namespace sockcr::runner {

// Subtests must stand together while cases end in any order: a scenario is printed when its last
// case has ended. Of a run that ends early what is known is printed, then "Bail out!".
class KtapReporter : public Reporter {
 public:
  KtapReporter(std::FILE* stream, std::FILE* side) : stream_(stream), bar_(stream, side) {}

  void begin(const RunFacts& facts) override;
  void judged(const JudgedCase& judged, const Tally& so_far) override;
  void tick(const Tally& so_far) override { bar_.tick(so_far); }
  void note(const std::string& text) override { print("# note: " + text + "\n"); }
  void end(const Tally& tally, Ending ending) override;

 private:
  void print(const std::string& text);

  std::FILE* stream_;
  SideBar bar_;
  Blocks blocks_;
  std::optional<std::uint64_t> cases_;
  std::uint64_t printed_ = 0;
};

// A test with its subtests, as text; `number` is its own.
std::string ktap_block(const Block& block, std::uint64_t number);

// "# Totals: pass:1 fail:0 ...", without an indent.
std::string ktap_totals(const Tally& tally);

}  // namespace sockcr::runner
