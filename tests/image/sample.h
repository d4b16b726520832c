// Images to test with: one that never changes, and random ones that a kernel could have produced.
#pragma once

#include <random>

#include "engine/image/image.h"

namespace sockcr {

// CLOSE_WAIT over IPv4 with both queues filled, two options and one holder; golden/version_1.image.
TcpConnection sample_connection();
Image sample_image();
Image image_of(const TcpConnection& connection);

using Dice = std::mt19937_64;
TcpConnection random_connection(Dice& dice);
Image random_image(Dice& dice);  // 0 to 4 sockets

Bytes pattern(std::size_t length, std::uint8_t first);

}  // namespace sockcr
