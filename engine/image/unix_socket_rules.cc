#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

#include "engine/image/socket_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

constexpr std::size_t most_rights = 253;  // SCM_MAX_FD

bool is_of_datagrams(const UnixSocket& socket) { return socket.type == UnixType::dgram; }

std::string type_is_one_of_three(const UnixSocket& socket) {
  const auto number = static_cast<unsigned>(socket.type);
  if (number == 1 || number == 2 || number == 5) return "";
  return fmt::format("{} is no type of unix socket", number);
}

std::string name_fault(const UnixName& name) {
  const bool cut = is_path(name) && std::find(name.begin(), name.end(), 0) != name.end();
  return cut ? name_text(name) + ": a path ends at a zero" : "";
}

std::string name_is_one(const UnixSocket& socket) { return name_fault(socket.name); }
std::string peer_name_is_one(const UnixSocket& socket) {
  if (!socket.peer_name.empty() && !socket.peer_gone) return "there is no peer that has gone";
  return name_fault(socket.peer_name);
}

std::string directory_leads_to_a_relative_name(const UnixSocket& socket) {
  const Bytes& directory = socket.node.directory;
  if (directory.empty()) return "";
  if (!is_path(socket.name) || socket.name.front() == '/') return "its name is not relative";
  const bool cut = std::find(directory.begin(), directory.end(), 0) != directory.end();
  return directory.front() == '/' && !cut ? "" : name_text(directory) + " is no absolute path";
}

std::string node_is_of_a_path(const UnixSocket& socket) {
  const UnixNode& node = socket.node;
  if (is_path(socket.name) || (!node.unlinked && node.mode == 0)) return "";
  return "its name is no path";
}

std::string datagrams_have_no_listener(const UnixSocket& socket) {
  if (!is_of_datagrams(socket) || (!socket.listening && socket.listener == 0)) return "";
  return "a socket of datagrams neither listens nor waits to be accepted";
}

std::string listener_is_not_connected(const UnixSocket& socket) {
  return socket.listening && is_connected(socket) ? "it listens, and is connected" : "";
}

std::string backlog_is_a_listeners(const UnixSocket& socket) {
  return socket.listening || socket.backlog == 0 ? "" : "it does not listen";
}

std::string peer_is_there_or_gone(const UnixSocket& socket) {
  return socket.peer != 0 && socket.peer_gone ? "it is there, and has gone" : "";
}

// unix_release_sock shuts the one that stays.
std::string who_stays_is_shut_down(const UnixSocket& socket) {
  if (!socket.peer_gone || is_of_datagrams(socket)) return "";
  return socket.shut_down_receive && socket.shut_down_send ? ""
                                                           : "its peer has gone, yet it is open";
}

std::string who_waits_is_connected(const UnixSocket& socket) {
  return socket.listener == 0 || is_connected(socket) ? "" : "it waits, and is not connected";
}

std::string error_is_a_reset(const UnixSocket& socket) {
  if (socket.error == 0 || socket.error == ECONNRESET) return "";
  return fmt::format("{} is no error of a unix socket", socket.error);
}

std::string only_who_is_connected_receives(const UnixSocket& socket) {
  if (socket.queue.empty() || is_connected(socket)) return "";
  if (is_of_datagrams(socket)) return "";
  return "not connected, yet it has received";
}

// The first fault of a message, with its place from 1.
std::string fault_in_queue(const UnixSocket& socket,
                           const std::function<std::string(const UnixMessage&)>& fault_of) {
  for (std::size_t i = 0; i < socket.queue.size(); ++i) {
    const std::string fault = fault_of(socket.queue[i]);
    if (!fault.empty()) return fmt::format("message {}: {}", i + 1, fault);
  }
  return "";
}

std::string senders_are_of_datagrams(const UnixSocket& socket) {
  return fault_in_queue(socket, [&](const UnixMessage& one) -> std::string {
    if (!one.sender.empty() && !is_of_datagrams(socket)) return "it tells who sent it";
    return name_fault(one.sender);
  });
}

std::string streams_have_no_empty_ones(const UnixSocket& socket) {
  if (socket.type != UnixType::stream) return "";
  return fault_in_queue(socket, [](const UnixMessage& one) -> std::string {
    return one.payload.empty() ? "it is empty" : "";
  });
}

std::string one_byte_is_out_of_band(const UnixSocket& socket) {
  bool seen = false;
  return fault_in_queue(socket, [&](const UnixMessage& one) -> std::string {
    if (!one.out_of_band) return "";
    if (socket.type != UnixType::stream) return "only streams have such bytes";
    if (one.payload.size() != 1) return fmt::format("{} bytes", one.payload.size());
    return std::exchange(seen, true) ? "the second one" : "";
  });
}

std::string rights_are_few(const UnixSocket& socket) {
  return fault_in_queue(socket, [](const UnixMessage& one) -> std::string {
    if (one.rights.size() <= most_rights) return "";
    return fmt::format("{} of them, a message has at most {}", one.rights.size(), most_rights);
  });
}

std::string who_is_known_has_credentials(const UnixSocket& socket) {
  return fault_in_queue(socket, [](const UnixMessage& one) -> std::string {
    if (one.has_credentials || one.credentials == Credentials{}) return "";
    return "they are not there, and are told";
  });
}

constexpr std::array unix_rules{
    Rule<UnixSocket>{Attribute::unix_type, type_is_one_of_three},
    Rule<UnixSocket>{Attribute::unix_name, name_is_one},
    Rule<UnixSocket>{Attribute::node_directory, directory_leads_to_a_relative_name},
    Rule<UnixSocket>{Attribute::node_mode, node_is_of_a_path},
    Rule<UnixSocket>{Attribute::listening, datagrams_have_no_listener},
    Rule<UnixSocket>{Attribute::listening, listener_is_not_connected},
    Rule<UnixSocket>{Attribute::backlog, backlog_is_a_listeners},
    Rule<UnixSocket>{Attribute::peer, peer_is_there_or_gone},
    Rule<UnixSocket>{Attribute::peer_name, peer_name_is_one},
    Rule<UnixSocket>{Attribute::peer_gone, who_stays_is_shut_down},
    Rule<UnixSocket>{Attribute::listener, who_waits_is_connected},
    Rule<UnixSocket>{Attribute::error, error_is_a_reset},
    Rule<UnixSocket>{Attribute::option, options_differ},
    Rule<UnixSocket>{Attribute::filter, filter_ends},
    Rule<UnixSocket>{Attribute::peer, only_who_is_connected_receives},
    Rule<UnixSocket>{Attribute::message_sender, senders_are_of_datagrams},
    Rule<UnixSocket>{Attribute::message_out_of_band, one_byte_is_out_of_band},
    Rule<UnixSocket>{Attribute::queue_payload, streams_have_no_empty_ones},
    Rule<UnixSocket>{Attribute::right, rights_are_few},
    Rule<UnixSocket>{Attribute::message_credentials, who_is_known_has_credentials},
    Rule<UnixSocket>{Attribute::file_flags, flags_are_known},
};

}  // namespace

template <>
std::span<const Rule<UnixSocket>> rules<UnixSocket>() {
  return unix_rules;
}

}  // namespace sockcr
