// What is written is what is read, and always the same bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/validate.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

bool contains(const Bytes& file, const Bytes& part) {
  return std::search(file.begin(), file.end(), part.begin(), part.end()) != file.end();
}

TEST(RoundTrip, KeepsEveryFieldOfRandomImages) {
  Dice dice(1);
  for (int n = 0; n < 150; ++n) {
    const Image written = random_image(dice);
    const Image read = decode(encode(written));
    EXPECT_EQ(read.circumstance, written.circumstance) << "image " << n;
    EXPECT_EQ(read.where, written.where) << "image " << n;
    ASSERT_EQ(read.sockets.size(), written.sockets.size());
    for (std::size_t i = 0; i < read.sockets.size(); ++i) {
      EXPECT_TRUE(read.sockets[i] == written.sockets[i]) << "image " << n << " socket " << i;
      EXPECT_THAT(differences(written.sockets[i], read.sockets[i]), testing::IsEmpty());
    }
    EXPECT_EQ(encode(read), encode(written)) << "image " << n;
  }
}

TEST(RoundTrip, QueuesLongerThanAChunkKeepTheirBytes) {
  TcpConnection c = sample_connection();
  for (const std::uint32_t length : {0u, 1u, 32767u, 32768u, 32769u, 65536u, 3'000'000u}) {
    c.send_queue = pattern(length, 'a');
    c.snd_nxt = c.snd_una + length / 2;
    c.write_seq = c.snd_una + length;
    const Image read = decode(encode(image_of(c)));
    EXPECT_TRUE(std::get<TcpConnection>(read.sockets[0]) == c) << length;
  }
}

TEST(State, IsTheSameWhateverTheCircumstances) {
  const Image image = sample_image();
  Image later = image;
  later.circumstance = {
      .image_id = 7, .kernel_release = "9.9", .boot_id = "", .monotonic_ns = 1, .realtime_ns = 2};
  later.where[0] = {.inode = 1, .holders = {{.pid = 1, .descriptor = 1, .close_on_exec = false}}};
  const Bytes state = encode_state(image.sockets[0]);
  EXPECT_TRUE(contains(encode(image), state));
  EXPECT_TRUE(contains(encode(later), state));
  EXPECT_NE(encode(image), encode(later));
}

TEST(State, OfOneSocketStandsUnchangedAmongOthers) {
  Dice dice(2);
  Image image = sample_image();
  for (int n = 0; n < 3; ++n) {
    image.sockets.insert(image.sockets.begin(), random_connection(dice));
    image.where.insert(image.where.begin(), SocketCircumstance{.inode = 1, .holders = {}});
  }
  EXPECT_TRUE(contains(encode(image), encode_state(sample_connection())));
}

TEST(Encode, RefusesWhatHasNoForm) {
  TcpConnection c = sample_connection();
  c.options[0].value.resize(32769);
  EXPECT_THROW(encode(image_of(c)), ImageError);
  c.options.clear();
  for (int n = 0; n < 600; ++n) c.options.push_back({6, n, Bytes(32768)});
  EXPECT_THROW(encode(image_of(c)), ImageError);
  Image image = sample_image();
  image.where.clear();
  EXPECT_THROW(encode(image), ImageError);
}

TEST(Decode, DoesNotNeedAlignedBytes) {
  const Bytes file = encode(sample_image());
  for (std::size_t shift = 0; shift < 4; ++shift) {
    Bytes shifted(shift);
    shifted.insert(shifted.end(), file.begin(), file.end());
    EXPECT_NO_THROW(decode(std::span(shifted).subspan(shift))) << shift;
  }
}

TEST(Validate, AcceptsWhatAKernelCouldHaveProduced) {
  Dice dice(3);
  for (int n = 0; n < 300; ++n) EXPECT_NO_THROW(validate(random_image(dice)));
}

}  // namespace
}  // namespace sockcr
