// An image as text for people, in the words of ss and tcpdump. Sequence numbers are absolute, with
// the distance from the first of their side in brackets; queues are abbreviated.
#pragma once

#include <string>

#include "engine/image/image.h"

namespace sockcr {

std::string show(const Image& image);
std::string show(const Socket& socket);  // several lines, the first not indented

}  // namespace sockcr
