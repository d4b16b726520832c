// JUnit XML, as Jenkins, GitLab and GitHub's reporters read it: a testsuite is a scenario, a
// testcase one of its cases.
#pragma once

#include <string>

#include "scenarios/runner/blocks.h"
#include "scenarios/runner/replaced_file.h"
#include "scenarios/runner/reporter.h"

namespace tinyxml2 {
class XMLPrinter;
}

namespace sockcr::runner {

// A scenario is written when its last case has ended, so that memory does not grow with the run;
// the file appears at the end, after Ctrl-C too.
class JunitReporter : public Reporter {
 public:
  explicit JunitReporter(const std::string& file) : file_(file) {}

  void begin(const RunFacts& facts) override;
  void judged(const JudgedCase& judged, const Tally& so_far) override;
  void tick(const Tally&) override {}
  void note(const std::string&) override {}
  void end(const Tally& tally, Ending ending) override;

 private:
  void write(const Block& block);

  ReplacedFile file_;
  RunFacts facts_{};
  Blocks blocks_;
};

// One testsuite element.
std::string junit_suite(const Block& block, const RunFacts& facts);

}  // namespace sockcr::runner
