// Images of released format versions are read for ever, and today's writer still writes today's.
#include <gtest/gtest.h>
#include <cstdlib>
#include <string>

#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/image/file.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

struct Golden {
  const char* name;
  Image (*expected)();

  std::string path() const { return std::string(SOCKCR_GOLDEN_FOLDER "/") + name; }
};

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, IsRead) {
  const Image image = decode(read_image_file(GetParam().path()));
  const Image expected = GetParam().expected();
  EXPECT_EQ(image.circumstance, expected.circumstance);
  EXPECT_TRUE(image.sockets == expected.sockets);
  EXPECT_EQ(image.where, expected.where);
}

// SOCKCR_WRITE_GOLDEN=1 makes the files of a version that is about to be released.
TEST_P(GoldenTest, IsWrittenByteForByte) {
  const Bytes written = encode(GetParam().expected());
  if (std::getenv("SOCKCR_WRITE_GOLDEN") != nullptr) write_image_file(GetParam().path(), written);
  EXPECT_EQ(written, read_image_file(GetParam().path()));
}

// Attributes that came later are not written where they are 0: the first reader of version 1 still
// takes a connection that has nothing it does not know.
INSTANTIATE_TEST_SUITE_P(Golden, GoldenTest,
                         testing::Values(Golden{"version_1.image", sample_image},
                                         Golden{"all_kinds.image", all_tcp_kinds_image},
                                         Golden{"every_kind.image", tcp_and_udp_image},
                                         Golden{"raw_and_unix.image", all_kinds_image},
                                         Golden{"open_files.image", open_files_image}),
                         [](const auto& one) {
                           const std::string name = one.param.name;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace sockcr
