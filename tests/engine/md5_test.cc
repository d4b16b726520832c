// MD5, and the signature of a segment, against digests that others have computed.
#include <gtest/gtest.h>
#include <string_view>

#include "engine/image/field_text.h"
#include "engine/process/md5_key.h"
#include "engine/tcp/signature.h"

namespace sockcr {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string digest_of(std::string_view text) { return hexadecimal(md5(bytes_of(text))); }

// RFC 1321, A.5.
TEST(Md5Test, GivesTheDigestsOfItsRfc) {
  EXPECT_EQ(digest_of(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(digest_of("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(digest_of("12345678901234567890123456789012345678901234567890123456789012345678901234"
                      "567890"),
            "57edf4a22be3c955ac49da2e2107b67a");
}

// The length field has just room in the block, or just not any more.
TEST(Md5Test, PadsAtTheEdgeOfABlock) {
  EXPECT_EQ(digest_of(std::string(55, 'a')), "ef1772b6dff9a122358552954ad0df65");
  EXPECT_EQ(digest_of(std::string(56, 'a')), "3b0c8ac703f828b04c6c197006d17218");
  EXPECT_EQ(digest_of(std::string(64, 'a')), "014842d480b571495a4a0363793f7367");
}

SignedPeer network(std::uint8_t third, std::uint8_t prefix) {
  return {{.family = AF_INET, .bytes = {192, 0, third, 0}}, prefix};
}

TEST(Md5KeyTest, TheLongestPrefixCounts) {
  const std::vector<Md5Key> keys{
      {network(0, 16), {1}}, {network(2, 24), {2}}, {network(3, 24), {3}}};
  const SignedPeer peer{{.family = AF_INET, .bytes = {192, 0, 2, 1}}, 32};
  ASSERT_NE(key_towards(keys, peer), nullptr);
  EXPECT_EQ(key_towards(keys, peer)->secret, std::vector<std::uint8_t>{2});
  EXPECT_EQ(key_towards(keys, network(0, 8)), nullptr) << "a key for some is none for all";
}

}  // namespace
}  // namespace sockcr
