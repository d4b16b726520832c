// Tampering with the bytes of an image, its checksums made right again, without the code under
// test.
#pragma once

#include <cstdint>
#include <string>

#include "engine/image/attributes.h"
#include "engine/image/image.h"

namespace sockcr {

// Offset of the first header of a record or of an attribute in a file (nested ones included); fails
// the test when there is none.
std::size_t find_record(const Bytes& file, Record record);
std::size_t find_attribute(const Bytes& file, Attribute attribute);

// Recomputes the checksum of every record, as far as the lengths lead.
void fix_sums(Bytes& file);

// Overwrites payload bytes of the attribute; returns the file with right checksums.
Bytes with_payload(Bytes file, Attribute attribute, const Bytes& payload);

// Appends an attribute (header and padding made here) to the first record of that kind.
Bytes with_attribute(Bytes file, Record record, std::uint16_t type, const Bytes& payload);

// Without the first attribute of that number; only for one of a record, not a nested one.
Bytes without_attribute(Bytes file, Record record, Attribute attribute);

// Without the first record of that kind; with a second copy of it in front of the first `before`.
Bytes without_record(Bytes file, Record record);
Bytes with_record_again(Bytes file, Record record, Record before);

// What decode says of the file; "accepted" when it takes it.
std::string verdict(const Bytes& file);

}  // namespace sockcr
