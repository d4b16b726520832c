#include "engine/image/record_reader.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <algorithm>

#include "engine/image/attribute_list.h"
#include "engine/image/crc32c.h"
#include "engine/image/image_error.h"

namespace sockcr {
namespace {

constexpr std::size_t sum_length = 4;
constexpr std::size_t version_at = image_magic.size() - 1;

}  // namespace

RecordReader::RecordReader(std::span<const std::uint8_t> file) : file_(file) {
  const std::size_t length = std::min(file.size(), version_at);
  if (file.empty() ||
      !std::equal(image_magic.begin(), image_magic.begin() + length, file.begin())) {
    throw ImageError("magic", "", 0, "not an image of a socket");
  }
  if (file.size() < image_magic.size()) throw ImageError("magic", "", length, "the file ends here");
  if (file[version_at] != image_version) {
    throw ImageError("magic", "version", version_at,
                     fmt::format("{}, this program reads {}", file[version_at], image_version));
  }
  offset_ = image_magic.size();
}

std::optional<FoundRecord> RecordReader::next() {
  while (offset_ < file_.size()) {
    const FoundRecord record = take();
    if (record.rule != nullptr) return record;
  }
  return {};
}

FoundRecord RecordReader::take() {
  const std::uint32_t length = checked_length();
  check_sum(length);
  const auto header = load<nlmsghdr>(file_.subspan(offset_, sizeof(nlmsghdr)));
  FoundRecord record{.rule = find_record(header.nlmsg_type & (critical_bit - 1u)),
                     .offset = offset_,
                     .attributes = file_.subspan(offset_ + NLMSG_HDRLEN, length - NLMSG_HDRLEN)};
  const bool critical = (header.nlmsg_type & critical_bit) != 0;
  if ((record.rule == nullptr) == critical) {
    throw ImageError(fmt::format("record {}", header.nlmsg_type & (critical_bit - 1)), "", offset_,
                     critical ? "unknown, and marked critical: written by a later version"
                              : "not marked critical, which every record of this version is");
  }
  if ((header.nlmsg_type & ~(2 * critical_bit - 1)) != 0 || header.nlmsg_flags != 0 ||
      header.nlmsg_seq != 0 || header.nlmsg_pid != 0) {
    throw ImageError("record", "header", offset_, "flags, seq and pid are zero in an image");
  }
  offset_ += length + sum_length;
  ++passed_;
  return record;
}

std::uint32_t RecordReader::checked_length() const {
  const std::size_t rest = file_.size() - offset_;
  if (rest < NLMSG_HDRLEN) throw ImageError("record", "header", offset_, "the file ends inside it");
  const auto length = load<nlmsghdr>(file_.subspan(offset_, sizeof(nlmsghdr))).nlmsg_len;
  if (length < NLMSG_HDRLEN || length > max_record || length % NLMSG_ALIGNTO != 0) {
    throw ImageError("record", "length", offset_,
                     fmt::format("{}, not a multiple of {} from {} to {}", length, NLMSG_ALIGNTO,
                                 NLMSG_HDRLEN, max_record));
  }
  if (rest - NLMSG_HDRLEN < length - NLMSG_HDRLEN + sum_length) {
    throw ImageError("record", "length", offset_,
                     fmt::format("{} and a checksum, but the file ends after {}", length, rest));
  }
  return length;
}

void RecordReader::check_sum(std::uint32_t length) const {
  const auto expected = load<std::uint32_t>(file_.subspan(offset_ + length, sum_length));
  const std::uint32_t actual = crc32c(file_.subspan(offset_, length));
  if (expected == actual) return;
  throw ImageError("record", "crc32c", offset_,
                   fmt::format("{:08x} is written, {:08x} is right: damaged", expected, actual));
}

}  // namespace sockcr
