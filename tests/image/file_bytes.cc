#include "tests/image/file_bytes.h"

#include <gtest/gtest.h>
#include <cstring>

#include "engine/image/crc32c.h"
#include "engine/image/decode.h"
#include "engine/image/image_error.h"

namespace sockcr {
namespace {

constexpr std::size_t magic = 8, record_header = 16, attribute_header = 4, sum = 4;

template <class Value>
Value at(const Bytes& file, std::size_t offset) {
  Value value{};
  if (offset + sizeof value <= file.size()) std::memcpy(&value, &file[offset], sizeof value);
  return value;
}

template <class Value>
void put(Bytes& file, std::size_t offset, Value value) {
  std::memcpy(&file[offset], &value, sizeof value);
}

std::size_t whole(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

// Offset of the attribute in [from, to), looking into nested ones; 0 when there is none.
std::size_t search(const Bytes& file, std::size_t from, std::size_t to, Attribute wanted) {
  while (from + attribute_header <= to) {
    const auto length = at<std::uint16_t>(file, from), type = at<std::uint16_t>(file, from + 2);
    if ((type & 0x1fff) == static_cast<std::uint16_t>(wanted)) return from;
    if ((type & 0x8000) != 0) {
      const std::size_t inside = search(file, from + attribute_header, from + length, wanted);
      if (inside != 0) return inside;
    }
    from += whole(length);
  }
  return 0;
}

// Calls visit(offset, length) for each record.
template <class Visit>
void each_record(const Bytes& file, Visit visit) {
  std::size_t offset = magic;
  while (offset + record_header + sum <= file.size()) {
    const auto length = at<std::uint32_t>(file, offset);
    if (length < record_header || length > file.size() - offset - sum) return;
    visit(offset, length);
    offset += length + sum;
  }
}

void resize_record(Bytes& file, std::size_t record, std::ptrdiff_t change) {
  const auto length = static_cast<std::ptrdiff_t>(at<std::uint32_t>(file, record));
  put(file, record, static_cast<std::uint32_t>(length + change));
  fix_sums(file);
}

}  // namespace

std::size_t find_record(const Bytes& file, Record record) {
  std::size_t found = 0;
  each_record(file, [&](std::size_t offset, std::uint32_t) {
    const auto type = at<std::uint16_t>(file, offset + 4) & 0x1fff;
    if (found == 0 && type == static_cast<std::uint16_t>(record)) found = offset;
  });
  EXPECT_NE(found, 0u) << "no such record";
  return found;
}

std::size_t find_attribute(const Bytes& file, Attribute attribute) {
  std::size_t found = 0;
  each_record(file, [&](std::size_t offset, std::uint32_t length) {
    if (found == 0) found = search(file, offset + record_header, offset + length, attribute);
  });
  EXPECT_NE(found, 0u) << "no attribute " << rule_of(attribute).name;
  return found;
}

void fix_sums(Bytes& file) {
  Bytes fixed = file;
  each_record(file, [&](std::size_t offset, std::uint32_t length) {
    put(fixed, offset + length, crc32c(std::span(file).subspan(offset, length)));
  });
  file = fixed;
}

Bytes with_payload(Bytes file, Attribute attribute, const Bytes& payload) {
  const std::size_t offset = find_attribute(file, attribute) + attribute_header;
  std::copy(payload.begin(), payload.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
  fix_sums(file);
  return file;
}

Bytes with_attribute(Bytes file, Record record, std::uint16_t type, const Bytes& payload) {
  Bytes attribute(attribute_header + whole(payload.size()));
  put(attribute, 0, static_cast<std::uint16_t>(attribute_header + payload.size()));
  put(attribute, 2, type);
  std::copy(payload.begin(), payload.end(), attribute.begin() + attribute_header);
  const std::size_t offset = find_record(file, record);
  const std::size_t end = offset + at<std::uint32_t>(file, offset);
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(end), attribute.begin(), attribute.end());
  resize_record(file, offset, static_cast<std::ptrdiff_t>(attribute.size()));
  return file;
}

Bytes without_attribute(Bytes file, Record record, Attribute attribute) {
  const std::size_t offset = find_record(file, record);
  const std::size_t end = offset + at<std::uint32_t>(file, offset);
  const std::size_t start = search(file, offset + record_header, end, attribute);
  const std::size_t length = whole(at<std::uint16_t>(file, start));
  const auto from = file.begin() + static_cast<std::ptrdiff_t>(start);
  file.erase(from, from + static_cast<std::ptrdiff_t>(length));
  resize_record(file, offset, -static_cast<std::ptrdiff_t>(length));
  return file;
}

Bytes without_record(Bytes file, Record record) {
  const std::size_t offset = find_record(file, record);
  const auto from = file.begin() + static_cast<std::ptrdiff_t>(offset);
  file.erase(from, from + static_cast<std::ptrdiff_t>(at<std::uint32_t>(file, offset) + sum));
  return file;
}

Bytes with_record_again(Bytes file, Record record, Record before) {
  const std::size_t offset = find_record(file, record);
  const auto from = file.begin() + static_cast<std::ptrdiff_t>(offset);
  const Bytes copy(from, from + static_cast<std::ptrdiff_t>(at<std::uint32_t>(file, offset) + sum));
  const auto place = file.begin() + static_cast<std::ptrdiff_t>(find_record(file, before));
  file.insert(place, copy.begin(), copy.end());
  return file;
}

std::string verdict(const Bytes& file) {
  try {
    decode(file);
    return "accepted";
  } catch (const ImageError& refusal) {
    EXPECT_TRUE(refusal.offset().has_value()) << refusal.what();
    return refusal.what();
  }
}

}  // namespace sockcr
