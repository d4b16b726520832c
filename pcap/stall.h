#pragma once

#include <chrono>
#include <optional>

#include "pcap/rule.h"

namespace sockcr::pcap {

// How long the peer waited behind the open gate: from the last frame of the last mark gate-open to
// the first byte or FIN of ours that the peer had not received before. Null when none ever came, or
// the gate was never opened.
std::optional<std::chrono::microseconds> stall(const Evidence& evidence);
std::optional<std::chrono::microseconds> stall(const Hearing& hearing);

}  // namespace sockcr::pcap
