// Cuts a file into its records: magic, lengths and checksums. What it hands out is whole and
// undamaged; what the attributes in it mean is attribute_list.h's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/image/attributes.h"

namespace sockcr {

struct FoundRecord {
  const RecordRule* rule = nullptr;
  std::size_t offset = 0;                    // of its header, in the file
  std::span<const std::uint8_t> attributes;  // aligned to 4 where the file is
};

class RecordReader {
 public:
  // Checks the magic. Throws ImageError, as `next` does.
  explicit RecordReader(std::span<const std::uint8_t> file);

  // The next record of a kind that this version knows; unknown ones that are not critical are
  // skipped. Empty at the end of the file.
  std::optional<FoundRecord> next();

  std::size_t offset() const { return offset_; }
  bool at_end() const { return offset_ == file_.size(); }
  std::uint32_t passed() const { return passed_; }  // records, skipped ones included

 private:
  std::uint32_t checked_length() const;
  void check_sum(std::uint32_t length) const;
  FoundRecord take();

  std::span<const std::uint8_t> file_;
  std::size_t offset_ = 0;
  std::uint32_t passed_ = 0;
};

}  // namespace sockcr
