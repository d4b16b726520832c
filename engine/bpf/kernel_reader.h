// What the kernel keeps of TCP sockets and tells by no system call, read by BPF programs: nothing
// of it changes, nobody notices, and no gate needs a tap.
//
//   value                         comes from                              Linux
//   TcpRequest                    tcp_request_sock: snt_isn, rcv_isn, ts_off, req_usec_ts (6.7);
//                                 inet_request_sock: the shifts and flags; request_sock: mss,
//                                 ts_recent
//   TcpTimeWait                   sock_common: skc_tw_snd_nxt, skc_tw_rcv_nxt; tcp_timewait_sock:
//                                 tw_rcv_wnd, tw_ts_offset, tw_ts_recent; inet_timewait_sock:
//                                 tw_substate, tw_rcv_wscale, tw_timer, tw_usec_ts (6.7)
//   TcpConnection of nobody       tcp_sock: every number and window; rx_opt: what was negotiated,
//                                 ts_recent; tsoffset, tcp_usec_ts (6.7)
//   its send_queue                tcp_rtx_queue and sk_write_queue: struct sk_buff, linear bytes
//                                 and fragments of pages; bpf_loop (5.17)
//   order of memberships          inet_sock: mc_list (and its imr_address); ipv6_pinfo:
//                                 ipv6_mc_list
//   eBPF filter                   sock: sk_filter; bpf_prog_aux: id, refcnt
//   ts_recent, clock                           of every connection: rx_opt.ts_recent, tsoffset
//
// One object serves all kernels: libbpf finds the fields by the kernel's BTF (CO-RE). Programs:
// kernel_reader.bpf.c. What they say: seen.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

class KernelReader {
 public:
  enum class Orphans : std::uint8_t { leave_out, read };

  // Loads the programs, which takes tens of milliseconds. Empty, with the reason, where this build,
  // these rights or this kernel cannot, or the environment says SOCKCR_BPF=off. Needs CAP_BPF and
  // CAP_PERFMON (or CAP_SYS_ADMIN) in the initial user namespace, CONFIG_DEBUG_INFO_BTF, and Linux
  // 5.10; for orphans 5.17.
  static std::unique_ptr<KernelReader> open(Orphans orphans, std::string& why_not);

  virtual ~KernelReader() = default;

  // At every TCP socket of the calling thread's network namespace; what is asked below is answered
  // from the last look. Costs a pass over the kernel's hash tables (milliseconds); where there are
  // orphans to read, another one and the loading of more programs.
  virtual void look() = 0;

  // Nothing where there is none between these ends, or more than one.
  virtual std::optional<TcpRequest> request(const Address& local, const Address& remote) const = 0;
  virtual std::optional<TcpTimeWait> time_wait(const Address& local,
                                               const Address& remote) const = 0;
  // Nothing, with the reason, also where its bytes cannot be read: they are never guessed.
  virtual std::optional<TcpConnection> orphan(const Address& local, const Address& remote,
                                              std::string& why_not) const = 0;

  // The groups of a socket of the calling process, in the order of its lists, IPv4's first; without
  // modes and sources, which a call tells. From a look of its own, and more programs, which the
  // first call loads. Nothing where this kernel cannot (it takes Linux 6.1).
  struct OrderedGroup {
    Address group, chosen_by;
    std::uint32_t interface = 0;
  };
  virtual std::optional<std::vector<OrderedGroup>> groups_in_order(int socket) = 0;

  // The eBPF programs that filter for sockets of the calling process. From a look of its own, as
  // groups_in_order; nothing where this kernel cannot.
  struct FilterProgram {
    int socket = -1;
    std::uint32_t id = 0;
    std::uint64_t filter = 0;     // which struct sk_filter holds it: some sockets share one
    std::int64_t references = 0;  // of the kernel and of descriptors to the program
  };
  virtual std::optional<std::vector<FilterProgram>> filter_programs() = 0;

  // Writes into `connection` what only we know of it: ts_recent, send_urgent, and to the tick the
  // clock that a system call has read.
  virtual void complete(TcpConnection& connection) const = 0;
};

}  // namespace sockcr
