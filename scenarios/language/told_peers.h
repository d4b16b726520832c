// The other end of a connection that has moved to another address: it has to be cut as well.
#pragma once

namespace sockcr::scenario {

class World;

// Behind a closed gate of its own the peer of every conversation is cut by the same engine, and
// restored where it was, connected to ours' new address. To be resumed when ours is.
void tell_peers(World& world);
void open_gates_of_told_peers(World& world);
void resume_told_peers(World& world);

}  // namespace sockcr::scenario
