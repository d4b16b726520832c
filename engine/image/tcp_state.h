// The states of a TCP socket, and the sets of them that checkpoint and restore ask about.
#pragma once

#include <cstdint>
#include <string_view>

namespace sockcr {

// Numbers are the kernel's (include/net/tcp_states.h), as in TCP_INFO and sock_diag.
enum class TcpState : std::uint8_t {
  established = 1,
  syn_sent = 2,
  syn_recv = 3,
  fin_wait1 = 4,
  fin_wait2 = 5,
  time_wait = 6,
  close = 7,
  close_wait = 8,
  last_ack = 9,
  listen = 10,
  closing = 11,
  new_syn_recv = 12,
};

std::string_view to_text(TcpState state);  // CLOSE_WAIT; "state ?" outside the enumeration
bool is_tcp_state(std::uint8_t number);

// Sets by meaning, used by capture and rebuild alike. "Sent" means queued for sending: the FIN of a
// FIN_WAIT1 socket may still wait behind unsent data, which only the sequence numbers tell.
//
//                  passive close                         active close
//   ESTABLISHED -----FIN received----> CLOSE_WAIT     ESTABLISHED ---FIN sent---> FIN_WAIT1
//   CLOSE_WAIT  -----FIN sent--------> LAST_ACK       FIN_WAIT1 --FIN acked-----> FIN_WAIT2
//   LAST_ACK    -----FIN acked-------> CLOSE          FIN_WAIT1 --FIN received--> CLOSING
//                                                     FIN_WAIT2, CLOSING -------> TIME_WAIT
bool has_sent_fin(TcpState state);
bool has_received_fin(TcpState state);
bool fin_is_acked(TcpState state);

}  // namespace sockcr
