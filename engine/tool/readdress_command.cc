#include "engine/tool/readdress_command.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/readdress.h"
#include "engine/image/validate.h"
#include "engine/tool/image_stream.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

Address host_named(const std::string& text) {
  Address address{};
  for (const int family : {AF_INET, AF_INET6}) {
    address.family = static_cast<std::uint16_t>(family);
    if (::inet_pton(family, text.c_str(), address.bytes.data()) == 1) return address;
  }
  throw WrongUse(text + " is no IPv4 or IPv6 address");
}

// Nothing that could not be restored is written.
Image changed(Image image, const ReaddressOptions& options) {
  const Address from = host_named(options.from), to = host_named(options.to);
  const std::vector<Socket> before = image.sockets;
  image = readdress(std::move(image), from, to);
  if (image.sockets == before && options.from != options.to) {
    throw Refused(fmt::format("{}: no socket has the address {}", options.image, options.from));
  }
  try {
    validate(image);
  } catch (const ImageError& error) {
    throw Refused(fmt::format("with {}: {}", options.to, error.what()));
  }
  return image;
}

}  // namespace

ExitCode readdress_image(const ReaddressOptions& options) {
  refuse_terminal(options.output);
  const Image image = changed(read_named_image(options.image), options);
  HeldSignals signals;
  write_named_image(options.output, encode(image), signals);
  signals.forget();
  return ExitCode::success;
}

}  // namespace sockcr
