// Orphans: the program has closed, and the kernel still has bytes or a FIN to deliver. No
// descriptor leads to the bytes, so the kernel is made to hand them over: it is told, in the peer's
// name, that all it sends arrives, while a hole behind the gate swallows it and the tap hears it.
//
//             seen, acknowledged       still queued            F
//   snd_una |----------------------->|------------------------|-|
//                                    ^ hears a segment: acknowledges up to its end
//                                                             ^ never further: F stays
//                                                             unacknowledged
#pragma once

#include "engine/gate/gate.h"
#include "engine/image/tcp_connection.h"
#include "engine/process/diag.h"
#include "engine/tcp/prober.h"

namespace sockcr {

// Whether `found` is an orphan with something left to deliver. (One in FIN_WAIT2 has nothing:
// time_wait.h.)
bool is_orphan(const TcpDiag& found);

// Reads the orphan empty. What was in flight comes with its next retransmission, which may take
// seconds; throws Unsupported when that is more than 10. The socket is of no use afterwards and is
// to be destroyed. `gate` is closed and can swallow.
TcpConnection drain_orphan(const TcpDiag& found, Prober& prober, Gate& gate);

}  // namespace sockcr
