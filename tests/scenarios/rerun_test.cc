#include "scenarios/runner/rerun.h"

#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

TEST(ShellQuoted, LeavesPlainWordsAlone) {
  EXPECT_EQ(shell_quoted("build/dev/run-scenario"), "build/dev/run-scenario");
  EXPECT_EQ(shell_quoted("broken:window"), "broken:window");
}

TEST(ShellQuoted, ProtectsTheRest) {
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's $HOME"), "'it'\\''s $HOME'");
}

TEST(Rerun, SaysAllThatDecidesAboutACase) {
  scenario::CaseRequest request;
  request.seed = 7;
  EXPECT_EQ(rerun_command("./run-scenario", "a.b", request),
            "./run-scenario a.b --cut once --engine native --seed 7");
  request.cut = "twice";
  request.engine = "broken:window";
  request.compare_images = false;
  EXPECT_EQ(rerun_command("./run-scenario", "a.b", request),
            "./run-scenario a.b --cut twice --engine broken:window --seed 7 "
            "--no-compare-images");
}

}  // namespace
}  // namespace sockcr::runner
