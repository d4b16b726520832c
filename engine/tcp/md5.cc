#include "engine/tcp/md5.h"

#include <md5.h>

namespace sockcr {

Md5Digest md5(std::span<const std::uint8_t> message) {
  Md5Digest digest{};
  MD5_CTX context;
  MD5Init(&context);
  MD5Update(&context, message.data(), message.size());
  MD5Final(digest.data(), &context);
  return digest;
}

}  // namespace sockcr
