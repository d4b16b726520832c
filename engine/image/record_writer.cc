#include "engine/image/record_writer.h"

#include <bit>
#include <new>

#include "engine/image/crc32c.h"
#include "engine/image/image_error.h"
#include "engine/image/value_rules.h"

// libnl frames in the host's byte order and the file is little-endian.
static_assert(std::endian::native == std::endian::little,
              "a big-endian host needs its own framing");

namespace sockcr {
namespace {

int wire_type(Attribute attribute) {
  const int number = static_cast<int>(attribute);
  return rule_of(attribute).critical ? number | critical_bit : number;
}

}  // namespace

RecordWriter::RecordWriter(Scope record, std::size_t capacity)
    : record_(name_of(record)), message_(::nlmsg_alloc_size(NLMSG_HDRLEN + capacity)) {
  if (message_ == nullptr) throw std::bad_alloc();
  ::nlmsg_put(message_.get(), 0, 0, static_cast<int>(record_of(record)) | critical_bit, 0, 0);
}

void RecordWriter::operator()(Attribute attribute, const std::string& text) {
  put_bytes(attribute, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void RecordWriter::put_bytes(Attribute attribute, std::span<const std::uint8_t> bytes) {
  const AttributeRule& rule = rule_of(attribute);
  if (rule.occurs == Occurs::optional && bytes.empty()) return;
  const std::string fault = length_fault(rule, bytes.size());
  if (!fault.empty()) throw ImageError(record_, rule.name, {}, fault);
  put(attribute, bytes.data(), bytes.size());
}

void RecordWriter::put(Attribute attribute, const void* value, std::size_t length) {
  if (::nla_put(message_.get(), wire_type(attribute), static_cast<int>(length), value) < 0) {
    throw std::bad_alloc();
  }
}

nlattr* RecordWriter::open_nest(Attribute attribute) {
  nlattr* const start = ::nla_nest_start(message_.get(), wire_type(attribute));
  if (start == nullptr) throw std::bad_alloc();
  return start;
}

void RecordWriter::close_nest(nlattr* nest) { ::nla_nest_end(message_.get(), nest); }

void RecordWriter::append_to(Bytes& file) const {
  const nlmsghdr* const header = ::nlmsg_hdr(message_.get());
  if (header->nlmsg_len > max_record) {
    throw ImageError("record", "length", {}, "the record is longer than the format holds");
  }
  const auto* const start = reinterpret_cast<const std::uint8_t*>(header);
  const std::uint32_t sum = crc32c({start, header->nlmsg_len});
  const auto* const sum_bytes = reinterpret_cast<const std::uint8_t*>(&sum);
  file.insert(file.end(), start, start + header->nlmsg_len);
  file.insert(file.end(), sum_bytes, sum_bytes + sizeof sum);
}

}  // namespace sockcr
