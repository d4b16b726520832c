#include "engine/image/tcp_state.h"

namespace sockcr {

std::string_view to_text(TcpState state) {
  switch (state) {
    case TcpState::established:
      return "ESTABLISHED";
    case TcpState::syn_sent:
      return "SYN_SENT";
    case TcpState::syn_recv:
      return "SYN_RECV";
    case TcpState::fin_wait1:
      return "FIN_WAIT1";
    case TcpState::fin_wait2:
      return "FIN_WAIT2";
    case TcpState::time_wait:
      return "TIME_WAIT";
    case TcpState::close:
      return "CLOSE";
    case TcpState::close_wait:
      return "CLOSE_WAIT";
    case TcpState::last_ack:
      return "LAST_ACK";
    case TcpState::listen:
      return "LISTEN";
    case TcpState::closing:
      return "CLOSING";
    case TcpState::new_syn_recv:
      return "NEW_SYN_RECV";
  }
  return "state ?";
}

bool is_tcp_state(std::uint8_t number) { return number >= 1 && number <= 12; }

bool has_sent_fin(TcpState state) {
  switch (state) {
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
    case TcpState::closing:
    case TcpState::last_ack:
    case TcpState::time_wait:
    case TcpState::close:
      return true;
    case TcpState::established:
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::listen:
    case TcpState::close_wait:
      return false;
  }
  return false;
}

bool has_received_fin(TcpState state) {
  switch (state) {
    case TcpState::close_wait:
    case TcpState::last_ack:
    case TcpState::closing:
    case TcpState::time_wait:
    case TcpState::close:
      return true;
    case TcpState::established:
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::listen:
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
      return false;
  }
  return false;
}

bool fin_is_acked(TcpState state) {
  switch (state) {
    case TcpState::fin_wait2:
    case TcpState::time_wait:
    case TcpState::close:
      return true;
    case TcpState::established:
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::listen:
    case TcpState::fin_wait1:
    case TcpState::closing:
    case TcpState::close_wait:
    case TcpState::last_ack:
      return false;
  }
  return false;
}

}  // namespace sockcr
