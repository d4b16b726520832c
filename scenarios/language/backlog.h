// Packets that were sent and have not arrived yet, on a wire that takes no time.
#pragma once

namespace sockcr::scenario {

class World;

// Returns when every packet that any namespace of this machine has sent so far has been received.
//
// A veth leaves a packet in the backlog of the CPU that sends, and a busy CPU works through its own
// later than another does: an ACK may arrive behind the FIN that was sent after it. In TIME_WAIT it
// is a duplicate then, answered by an ACK (tcp_timewait_state_process, net/ipv4/tcp_minisocks.c),
// and that by the RST of a peer that is already gone.
void await_arrival(World& world);

// How many, since it was started, because the backlog of a CPU was full
// (net.core.netdev_max_backlog, which all namespaces share): no wire of a case loses a packet
// unless it is told to.
unsigned long packets_lost_by_this_machine();

}  // namespace sockcr::scenario
