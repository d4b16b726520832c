// libFuzzer's way into the reader of images: whatever the bytes, it is a refusal that tells where
// and why, or an image that is valid, that is written back as it was read, and that can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/image/crc32c.h"
#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/json.h"
#include "engine/image/show.h"
#include "engine/image/validate.h"

namespace {

using sockcr::Bytes;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// What the writer makes of it is read as the same: unknown attributes are gone, no more.
void must_be_written_back(const sockcr::Image& image) {
  const sockcr::Image again = sockcr::decode(sockcr::encode(image));
  require(again.sockets == image.sockets, "sockets change on the way through the file");
  require(again.where == image.where, "circumstances change on the way through the file");
}

void must_be_shown(const sockcr::Image& image) {
  require(!sockcr::show(image).empty(), "an image without words");
  static_cast<void>(sockcr::to_json(image).dump());
}

// A mutation of a record would hardly ever have the right checksum by itself.
void fix_sums(std::uint8_t* file, std::size_t size) {
  constexpr std::size_t magic = 8, header = 16, sum = 4;
  for (std::size_t at = magic; at + header + sum <= size;) {
    std::uint32_t length = 0;
    std::memcpy(&length, file + at, sizeof length);
    if (length < header || length > size - at - sum) return;
    const std::uint32_t right = sockcr::crc32c({file + at, length});
    std::memcpy(file + at + length, &right, sizeof right);
    at += length + sum;
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max);
  if (seed % 16 != 0) fix_sums(data, mutated);
  return mutated;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sockcr::Image image = sockcr::decode({data, size});
    sockcr::validate(image);
    must_be_written_back(image);
    must_be_shown(image);
  } catch (const sockcr::ImageError& refusal) {
    require(refusal.offset().has_value(), "a refusal without an offset");
    require(*refusal.offset() <= size, "an offset behind the end");
    require(!refusal.reason().empty(), "a refusal without a reason");
  }
  return 0;
}
