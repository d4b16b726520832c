// From a connection to the plan that builds it: the engine's knowledge of TCP's states. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "engine/tcp/plan.h"
#include "engine/tcp/target.h"

namespace sockcr {

// The moves that lead a repaired socket, which is born ESTABLISHED, to a state.
enum class Move : std::uint8_t {
  forge_fin,  // the peer's FIN
  shut_down,  // our FIN, behind all data
  forge_ack,  // the peer's ACK of our FIN
  forge_rst,  // the peer's RST
};

// Empty for ESTABLISHED; throws Unsupported for a state that is not reached this way.
std::span<const Move> moves_to(TcpState state);
// The same for a connection, which may have come to CLOSE by a reset.
std::span<const Move> moves_of(const TcpConnection& c);

// Builds the socket up to `c` behind a closed gate; what it sends does not pass. `c` must outlive
// the plan.
Plan plan_build(const TcpConnection& c, const Target& target);

// What follows once the gate is open: out of repair mode, and on with the conversation without
// waiting for a timer.
Plan plan_resume(const TcpConnection& c);

// An orphan is built as if a program had it, and let go while the gate is still closed.
Plan plan_build_orphan(const TcpConnection& c, const Target& target);
Plan plan_resume_orphan(const TcpConnection& c);

// The window field of a segment: `from` of the receiver's view of our right edge, rounded up to the
// unit of its scale, so that the edge never moves left.
std::uint16_t our_window_field(const TcpConnection& c);
std::uint16_t peer_window_field(const TcpConnection& c);

}  // namespace sockcr
