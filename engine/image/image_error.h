// An image is refused. A kind of error of its own: neither the machine nor an engine failed, the
// bytes are not an image of this version. Thrown before any socket exists.
//
//   image refused at offset 132: tcp_connection.snd_wscale: 15 is above 14 (RFC 7323 2.3)
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sockcr {

class ImageError : public std::runtime_error {
 public:
  // `record` and `attribute` as in the attribute table (attributes.h), `attribute` empty when the
  // record as a whole is meant; `offset` counts bytes from the start of the file and is absent when
  // the image never was in a file.
  ImageError(std::string_view record, std::string_view attribute, std::optional<std::size_t> offset,
             std::string_view reason);

  const std::string& record() const { return record_; }
  const std::string& attribute() const { return attribute_; }
  std::optional<std::size_t> offset() const { return offset_; }
  const std::string& reason() const { return reason_; }

 private:
  std::string record_, attribute_;
  std::optional<std::size_t> offset_;
  std::string reason_;
};

}  // namespace sockcr
