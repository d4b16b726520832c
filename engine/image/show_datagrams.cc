// Sockets that receive datagrams, each as a block of lines.
#include <fmt/format.h>

#include "engine/image/show_parts.h"

namespace sockcr {
namespace {

std::string datagram_text(const Datagram& one) {
  const bool v6 = one.destination.family == AF_INET6 && !is_mapped(one.destination);
  std::string text =
      fmt::format("{} > {} {} {}, {} {:#04x}", to_text(one.source), to_text(one.destination),
                  v6 ? "hlim" : "ttl", one.hop_limit, v6 ? "class" : "tos", one.traffic_class);
  if (one.flow_label != 0) text += fmt::format(", flowlabel {:#07x}", one.flow_label);
  if (one.interface != 0) text += fmt::format(", by interface {}", one.interface);
  return one.device.empty() ? text : text + " to its group on " + one.device;
}

template <class Kind>
std::string memberships_text(const Kind& socket) {
  std::string text;
  for (const Membership& one : socket.memberships) {
    text += row(text.empty() ? "member of" : "", to_text(one));
  }
  if (text.empty() || socket.in_kernel_order) return text;
  return text + row("", "in what order, and by which address, is not known");
}

template <class Kind>
std::string common_text(const Kind& socket, const OptionWords& words) {
  const std::size_t number = socket.queue.size();
  std::string text = row("receive", fmt::format("{} datagram{}", number, number == 1 ? "" : "s"));
  for (const Datagram& one : socket.queue) {
    text += row("", datagram_text(one)) + row("", "  " + queue_text(one.payload));
  }
  text += memberships_text(socket) + filter_text(socket.filter);
  if (socket.errors_lost) text += row("error", "pending errors, which are lost");
  if (auto shut = shutdown_text(socket); !shut.empty()) text += row("shutdown", shut);
  return text + options_text(socket.options, words);
}

}  // namespace

std::string socket_text(const UdpSocket& socket, const OptionWords& words) {
  std::string text = to_text(socket) + "\n";
  if (shares_its_port(socket)) {
    text += row("group", fmt::format("place {} among those of its port; a program that chooses "
                                     "among them is not seen, and lost",
                                     socket.group_place));
  }
  for (const Datagram& one : socket.corked) {
    text += row("corked", datagram_text(one)) + row("", "  " + queue_text(one.payload));
  }
  return text + common_text(socket, words);
}

std::string socket_text(const RawSocket& socket, const OptionWords& words) {
  return to_text(socket) + "\n" + common_text(socket, words);
}

}  // namespace sockcr
