#include "scenarios/runner/place.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>

namespace sockcr::runner {
namespace {

namespace fs = std::filesystem;

// A fresh folder that is the current one while the test runs.
class Place : public testing::Test {
 protected:
  Place() {
    std::string pattern = fs::temp_directory_path() / "place-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::current_path(folder_);
  }
  ~Place() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
    ::unsetenv("TMPDIR");
  }

  const fs::path before_ = fs::current_path();
  fs::path folder_;
};

TEST_F(Place, IsTheCurrentFolderAndNothingIsMadeYet) {
  EXPECT_EQ(output_folder(), folder_ / "run-scenario.out");
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Place, IsNotWhereSomebodyElseOrAFileStands) {
  const fs::path elsewhere = folder_ / "tmp";
  fs::create_directory(elsewhere);
  ::setenv("TMPDIR", elsewhere.c_str(), 1);
  std::ofstream(folder_ / "run-scenario.out") << "a file";
  EXPECT_EQ(output_folder(), elsewhere / "run-scenario.out");
  fs::create_symlink(folder_, elsewhere / "run-scenario.out");
  EXPECT_EQ(output_folder(), elsewhere / ("run-scenario.out." + std::to_string(::geteuid())));
}

TEST_F(Place, NamesTellWhatDiffersFromOneNativeCut) {
  scenario::CaseRequest request;
  EXPECT_EQ(directory_name("a.b", request, 0), "a.b");
  EXPECT_EQ(directory_name("a.b", request, 2), "a.b.round3");
  request.cut = "twice";
  request.engine = "broken:window";
  EXPECT_EQ(directory_name("a.b", request, 0), "a.b.twice.broken-window");
}

TEST_F(Place, ClearingTakesTheCaseAndOnlyAnEmptyFolder) {
  fs::create_directories(folder_ / "run-scenario.out/a/control");
  fs::create_directories(folder_ / "run-scenario.out/b");
  clear_directory(folder_ / "run-scenario.out/a");
  clear_directory("");
  remove_if_empty(folder_ / "run-scenario.out");
  EXPECT_FALSE(fs::exists(folder_ / "run-scenario.out/a"));
  EXPECT_TRUE(fs::exists(folder_ / "run-scenario.out/b"));
  clear_directory(folder_ / "run-scenario.out/b");
  remove_if_empty(folder_ / "run-scenario.out");
  EXPECT_FALSE(fs::exists(folder_ / "run-scenario.out"));
}

}  // namespace
}  // namespace sockcr::runner
