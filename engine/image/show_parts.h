// What the blocks of show.h have in common.
#pragma once

#include <string>
#include <vector>

#include "engine/image/show.h"
#include "engine/image/show_row.h"

namespace sockcr {

std::string queue_text(const Bytes& queue);  // "length 2  6869  hi"
// Rows, none where there is nothing to show.
std::string options_text(const std::vector<OptionValue>& options, const OptionWords& words);
std::string filter_text(const Bytes& filter);

std::string socket_text(const UdpSocket& socket, const OptionWords& words);
std::string socket_text(const RawSocket& socket, const OptionWords& words);

}  // namespace sockcr
