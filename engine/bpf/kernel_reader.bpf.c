/* Every TCP socket of the reader's network namespace as a SeenSocket, but for listeners: one pass
 * over the kernel's hash tables, which changes nothing. From Linux 5.15 on the kernel locks each
 * connection while it is looked at. */
#include "engine/bpf/describe.bpf.h"
#include "engine/bpf/memberships.bpf.h"
#include "engine/bpf/programs.bpf.h"
#include "engine/bpf/queues.bpf.h"

char its_license[] SEC("license") = "Dual MIT/GPL";

SEC("iter/tcp")
int sockets(struct bpf_iter__tcp* at) {
  struct sock_common* socket = at->sk_common;
  if (!socket) return 0;
  struct SeenSocket seen = {};
  describe_ends(socket, &seen);
  struct tcp_timewait_sock* waiting = bpf_skc_to_tcp_timewait_sock(socket);
  struct tcp_request_sock* request = bpf_skc_to_tcp_request_sock(socket);
  struct tcp_sock* connection = bpf_skc_to_tcp_sock(socket);
  if (waiting) {
    describe_time_wait(socket, waiting, &seen);
  } else if (request) {
    describe_request(request, &seen);
  } else if (connection && seen.state != state_listen) {
    describe_connection(connection, &seen);
  } else {
    return 0;
  }
  bpf_seq_write(at->meta->seq, &seen, sizeof(seen));
  return 0;
}
