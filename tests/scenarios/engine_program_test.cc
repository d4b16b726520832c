#include "scenarios/runner/engine_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

using testing::HasSubstr;

std::string trouble_with(const std::string& engine) {
  try {
    require_engine_program(engine);
  } catch (const UsageError& error) {
    return std::string("usage: ") + error.what();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(EngineProgram, OursAreNone) {
  EXPECT_EQ(trouble_with("native"), "");
  EXPECT_EQ(trouble_with("broken:window"), "");
}

TEST(EngineProgram, CriuIsWhereItsPathSays) {
  EXPECT_EQ(trouble_with("criu:/bin/sh"), "");
  EXPECT_THAT(trouble_with("criu:/nowhere/criu"), HasSubstr("/nowhere/criu is no program"));
  EXPECT_THAT(trouble_with("criu:/etc/passwd"), HasSubstr("is no program"));
  EXPECT_THAT(trouble_with("criu:/bin"), HasSubstr("is no program"));
}

TEST(EngineProgram, APathIsAbsolute) {
  EXPECT_THAT(trouble_with("criu:"), HasSubstr("usage: "));
  EXPECT_THAT(trouble_with("criu:sbin/criu"), HasSubstr("usage: "));
}

TEST(EngineProgram, NoEngineIsNamedByItsPath) {
  EXPECT_EQ(engine_without_path("criu:/sbin/criu"), "criu");
  EXPECT_EQ(engine_without_path("criu"), "criu");
  EXPECT_EQ(engine_without_path("broken:window"), "broken:window");
}

}  // namespace
}  // namespace sockcr::runner
