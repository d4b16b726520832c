#pragma once

#include <cstddef>

#include "pcap/recording.h"

namespace sockcr::pcap {

// How many segments with RST the wire has seen, of whatever connection.
std::size_t count_resets(const Recording& recording);

}  // namespace sockcr::pcap
