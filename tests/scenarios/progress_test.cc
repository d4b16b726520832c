#include "scenarios/runner/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Progress, TellsWhatIsDoneAndWhatIsLeft) {
  const std::string line = progress_line({250, 1000, 2, 1, 5}, 100, Palette::plain());
  EXPECT_THAT(line, HasSubstr(" 25%"));
  EXPECT_THAT(line, HasSubstr(" 250/1000"));
  EXPECT_THAT(line, HasSubstr("2 failed"));
  EXPECT_THAT(line, HasSubstr("1 in trouble"));
  EXPECT_THAT(line, HasSubstr("50/s"));
  EXPECT_THAT(line, HasSubstr("15 s left"));
}

TEST(Progress, BarIsAsLongAsItsShare) {
  const std::string line = progress_line({500, 1000, 0, 0, 5}, 200, Palette::plain());
  EXPECT_EQ(std::count(line.begin(), line.end(), '='), 18);
  EXPECT_EQ(std::count(line.begin(), line.end(), '-'), 17);
}

TEST(Progress, NeverWiderThanTheScreen) {
  for (std::size_t width = 0; width < 120; ++width) {
    const std::string line = progress_line({999, 1000, 12, 3, 5000}, width, Palette::plain());
    EXPECT_LE(line.size(), width) << line;
  }
}

TEST(Progress, ColoursCostNoColumns) {
  const Progress progress{250, 1000, 2, 1, 5};
  std::string painted = progress_line(progress, 80, Palette::coloured(false));
  for (std::size_t at; (at = painted.find('\033')) != painted.npos;) {
    painted.erase(at, painted.find('m', at) - at + 1);
  }
  EXPECT_EQ(painted, progress_line(progress, 80, Palette::plain()));
}

TEST(Progress, WithoutAnEndHasNoShare) {
  const std::string line = progress_line({250, std::nullopt, 0, 0, 5}, 80, Palette::plain());
  EXPECT_THAT(line, Not(HasSubstr("%")));
  EXPECT_THAT(line, Not(HasSubstr("left")));
  EXPECT_THAT(line, HasSubstr("250"));
}

TEST(Progress, BeforeTheFirstCaseDividesByNothing) {
  const std::string line = progress_line({0, 10, 0, 0, 0}, 80, Palette::plain());
  EXPECT_THAT(line, HasSubstr("0/10"));
  EXPECT_THAT(line, Not(HasSubstr("left")));
  EXPECT_THAT(progress_line({0, 0, 0, 0, 0}, 80, Palette::plain()), Not(HasSubstr("%")));
}

TEST(Progress, ForALogHasNoBar) {
  EXPECT_EQ(progress_words({250, 1000, 0, 0, 5}), "   25%   250/1000  50/s  15 s left");
}

TEST(Duration, IsReadAtAGlance) {
  EXPECT_EQ(duration_text(0.85), "850 ms");
  EXPECT_EQ(duration_text(12.4), "12 s");
  EXPECT_EQ(duration_text(185), "3:05");
  EXPECT_EQ(duration_text(3750), "1:02:30");
}

}  // namespace
}  // namespace sockcr::runner
