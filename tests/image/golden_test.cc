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

const std::string golden = SOCKCR_GOLDEN_FOLDER "/version_1.image";

TEST(Golden, Version1IsRead) {
  const Image image = decode(read_image_file(golden));
  const Image expected = sample_image();
  EXPECT_EQ(image.circumstance, expected.circumstance);
  EXPECT_TRUE(image.sockets == expected.sockets);
  EXPECT_EQ(image.where, expected.where);
}

// SOCKCR_WRITE_GOLDEN=1 makes the file of a version that is about to be released.
TEST(Golden, Version1IsWrittenByteForByte) {
  if (std::getenv("SOCKCR_WRITE_GOLDEN") != nullptr) {
    write_image_file(golden, encode(sample_image()));
  }
  EXPECT_EQ(encode(sample_image()), read_image_file(golden));
}

}  // namespace
}  // namespace sockcr
