// Whatever the bytes: a refusal that tells where, or a valid image. Never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>

#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/validate.h"
#include "tests/image/file_bytes.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::StartsWith;

// More with SOCKCR_MUTATIONS=200000.
int mutations() {
  const char* const wanted = std::getenv("SOCKCR_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : 5000;
}

// True when the file was accepted.
bool must_be_valid_or_refused(const Bytes& file) {
  try {
    const Image image = decode(file);
    EXPECT_NO_THROW(validate(image));
    EXPECT_NO_THROW(encode(image));
    return true;
  } catch (const ImageError& refusal) {
    EXPECT_TRUE(refusal.offset().has_value()) << refusal.what();
    EXPECT_FALSE(refusal.reason().empty()) << refusal.what();
    EXPECT_LE(refusal.offset().value_or(0), file.size()) << refusal.what();
    return false;
  }
}

const Bytes& whole_file() {
  static const Bytes file = encode(all_kinds_image());
  return file;
}

TEST(Damage, TruncationAtEveryByteIsRefused) {
  const Bytes& file = whole_file();
  for (std::size_t length = 0; length < file.size(); ++length) {
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THAT(verdict(cut), StartsWith("image refused at offset ")) << length;
  }
}

TEST(Damage, SomethingBehindTheEndIsRefused) {
  Bytes file = whole_file();
  file.push_back(0);
  EXPECT_THAT(verdict(file), testing::HasSubstr("something follows the last record"));
}

TEST(Damage, EveryFlippedBitIsRefused) {
  const Bytes& file = whole_file();
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    Bytes flipped = file;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_THAT(verdict(flipped), StartsWith("image refused at offset ")) << "bit " << bit;
  }
}

TEST(Damage, EveryFlippedBitWithARightChecksumIsValidOrRefused) {
  const Bytes& file = whole_file();
  int accepted = 0;
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    Bytes flipped = file;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    fix_sums(flipped);
    accepted += must_be_valid_or_refused(flipped) ? 1 : 0;
  }
  EXPECT_GT(accepted, 0) << "a changed payload byte is a valid image";
}

Bytes mutated(Bytes file, const Bytes& donor, Dice& dice) {
  const auto place = [&](const Bytes& bytes) {
    return static_cast<std::ptrdiff_t>(dice() % bytes.size());
  };
  for (std::uint64_t n = dice() % 4 + 1; n > 0 && file.size() > 16; --n) {
    const std::ptrdiff_t at = place(file), from = place(donor);
    const auto length =
        std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(dice() % 64),
                                 std::min(std::ssize(donor) - from, std::ssize(file) - at));
    switch (dice() % 4) {
      case 0:
        file[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(dice());
        break;
      case 1:
        file.erase(file.begin() + at, file.begin() + at + length);
        break;
      case 2:
        file.insert(file.begin() + at, donor.begin() + from, donor.begin() + from + length);
        break;
      case 3:
        std::copy_n(donor.begin() + from, length, file.begin() + at);
        break;
    }
  }
  return file;
}

TEST(Damage, RandomMutationsAreValidOrRefused) {
  Dice dice(4);
  const Bytes donor = encode(sample_image());
  int accepted = 0;
  for (int n = mutations(); n > 0; --n) {
    Bytes bytes = mutated(whole_file(), donor, dice);
    if (dice() % 8 != 0) fix_sums(bytes);
    accepted += must_be_valid_or_refused(bytes) ? 1 : 0;
  }
  RecordProperty("accepted", accepted);
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace sockcr
