// An image as text for people, in the words of ss and tcpdump. Sequence numbers are absolute, with
// the distance from the first of their side in brackets; queues are abbreviated.
#pragma once

#include <functional>
#include <string>

#include "engine/image/image.h"

namespace sockcr {

// One option in words. The image knows numbers only: names are the option table's, a floor above.
using OptionWords = std::function<std::string(const OptionValue&)>;
std::string numbers_of(const OptionValue& option);  // "1/9=01000000": level, number, bytes

std::string show(const Image& image, const OptionWords& words = numbers_of);
// Several lines, the first not indented.
std::string show(const Socket& socket, const OptionWords& words = numbers_of);

}  // namespace sockcr
