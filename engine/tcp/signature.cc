#include "engine/tcp/signature.h"

#include <netinet/in.h>
#include <cstdint>
#include <vector>

namespace sockcr {
namespace {

constexpr std::size_t plain_header = 20;

class Message {
 public:
  void u8(std::size_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(std::size_t value) {
    u8(value >> 8);
    u8(value);
  }
  void u32(std::size_t value) {
    u16(value >> 16);
    u16(value);
  }
  void add(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

// As that of the checksum (RFC 9293, 3.1; RFC 8200, 8.1).
void add_pseudo_header(Message& message, const Segment& s, std::size_t length) {
  const bool v6 = s.to.family == AF_INET6;
  for (const Address* address : {&s.from, &s.to}) {
    message.add(std::span(address->bytes).first(v6 ? 16 : 4));
  }
  if (v6) {
    message.u32(length);
    message.u32(IPPROTO_TCP);
  } else {
    message.u16(IPPROTO_TCP);
    message.u16(length);
  }
}

// With a checksum of 0, and without the options.
void add_header(Message& message, const Segment& s, std::size_t options_length) {
  message.u16(s.from.port);
  message.u16(s.to.port);
  message.u32(s.seq);
  message.u32(s.ack);
  message.u8((plain_header + options_length) / 4 << 4);
  message.u8(s.flags);
  message.u16(s.window);
  message.u16(0);
  message.u16(s.urgent_pointer);
}

}  // namespace

Md5Digest signature_of(const Segment& segment, std::size_t options_length) {
  Message message;
  add_pseudo_header(message, segment, plain_header + options_length + segment.payload.size());
  add_header(message, segment, options_length);
  message.add(segment.payload);
  message.add(segment.md5_key);
  return md5(message.bytes());
}

}  // namespace sockcr
