// SYN_SENT: a connection that the peer has not answered, or whose answer is lost. It is rebuilt by
// the kernel's own connect, with the old ISN, into the closed gate.
//
// If the peer has the SYN, its SYN-ACK echoes the SYN's time stamp, and the kernel takes an echo
// only from between its first SYN and now; anything else it answers with a RST. The rebuilt socket
// believes that its first SYN left at connect. So its clock is set back until that moment bears the
// first SYN's time stamp, and nothing may be heard before it has passed the last one's:
//
//     first SYN           last SYN   checkpoint
//   -----|-------------------|----------|-----------------------> old clock
//                                        connect          heard
//                              ------------|---------------|----> new clock
//                                        first SYN       past the last SYN
#pragma once

#include "engine/image/tcp_syn_sent.h"
#include "engine/process/diag.h"
#include "engine/tcp/plan.h"
#include "engine/tcp/target.h"

namespace sockcr {

// Leaves the socket in repair mode. Throws Unsupported for one that has sent data with its SYN (TCP
// Fast Open).
TcpSynSent capture_syn_sent(int socket);

Plan plan_build(const TcpSynSent& socket, const Target& target);
Plan plan_complete(const TcpSynSent& socket);  // may wait as long as the SYNs had taken
Plan plan_resume(const TcpSynSent& socket);

}  // namespace sockcr
