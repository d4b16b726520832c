// Handshakes that are not complete, on the client's side and on the server's.
#include <array>
#include <cstdint>

#include "engine/image/socket_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

constexpr std::uint32_t longest_handshake = 10 * 60;  // seconds between the first and the last SYN

// The kernel takes 0 for "not chosen yet": it never sends it, and chooses anew when it is set.
std::string isn_is_chosen(const TcpSynSent& socket) {
  return socket.isn != 0 ? "" : "0 means that none was chosen";
}

std::string snt_isn_is_chosen(const TcpRequest& request) {
  return request.snt_isn != 0 ? "" : "0 means that none was chosen";
}

// A restore lets as much time pass again, or the peer's echo of the last SYN would come from the
// future.
std::string last_syn_follows(const TcpSynSent& socket) {
  const std::uint32_t second = socket.clock.microseconds ? 1'000'000 : 1000;
  if (socket.last_syn - socket.first_syn <= longest_handshake * second) return "";
  return fmt::format("{} ticks from first_syn, not 0..{}",
                     distance(socket.first_syn, socket.last_syn), longest_handshake * second);
}

constexpr std::array syn_sent_rules{
    Rule<TcpSynSent>{Attribute::domain, domain_is_internet},
    Rule<TcpSynSent>{Attribute::local, local_is_usable},
    Rule<TcpSynSent>{Attribute::remote, remote_is_usable},
    Rule<TcpSynSent>{Attribute::remote, ends_are_alike},
    Rule<TcpSynSent>{Attribute::isn, isn_is_chosen},
    Rule<TcpSynSent>{Attribute::last_syn, last_syn_follows},
    Rule<TcpSynSent>{Attribute::option, options_differ},
    Rule<TcpSynSent>{Attribute::filter, filter_ends},
    Rule<TcpSynSent>{Attribute::file_flags, flags_are_known},
};

constexpr std::array request_rules{
    Rule<TcpRequest>{Attribute::domain, domain_is_internet},
    Rule<TcpRequest>{Attribute::local, local_is_usable},
    Rule<TcpRequest>{Attribute::remote, remote_is_usable},
    Rule<TcpRequest>{Attribute::remote, ends_are_alike},
    Rule<TcpRequest>{Attribute::snt_isn, snt_isn_is_chosen},
    Rule<TcpRequest>{Attribute::window_scaling, shifts_need_scaling},
};

}  // namespace

template <>
std::span<const Rule<TcpSynSent>> rules<TcpSynSent>() {
  return syn_sent_rules;
}

template <>
std::span<const Rule<TcpRequest>> rules<TcpRequest>() {
  return request_rules;
}

}  // namespace sockcr
