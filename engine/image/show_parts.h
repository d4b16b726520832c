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
std::string filter_text(const SocketFilter& filter);

// "SHUT_RD"; empty where both halves are open.
template <class Kind>
std::string shutdown_text(const Kind& socket) {
  if (!socket.shut_down_receive) return socket.shut_down_send ? "SHUT_WR" : "";
  return socket.shut_down_send ? "SHUT_RDWR" : "SHUT_RD";
}

std::string socket_text(const UdpSocket& socket, const OptionWords& words);
std::string socket_text(const RawSocket& socket, const OptionWords& words);

}  // namespace sockcr
