#include "engine/image/crc32c.h"

#include <gtest/gtest.h>
#include <array>
#include <numeric>
#include <string_view>
#include <vector>

namespace sockcr {
namespace {

// The examples of RFC 3720, B.4, and the usual check word.
TEST(Crc32c, GivesTheValuesOfTheStandard) {
  std::array<std::uint8_t, 32> bytes{};
  EXPECT_EQ(crc32c(bytes), 0x8a9136aau);
  bytes.fill(0xff);
  EXPECT_EQ(crc32c(bytes), 0x62a8ab43u);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  EXPECT_EQ(crc32c(bytes), 0x46dd794eu);
  constexpr std::string_view check = "123456789";
  EXPECT_EQ(crc32c(std::vector<std::uint8_t>(check.begin(), check.end())), 0xe3069283u);
}

}  // namespace
}  // namespace sockcr
