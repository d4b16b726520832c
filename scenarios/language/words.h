// The words that scenarios are written in.
//
//   ours, peer   the two ends                    wire   what happens between them
//   gate         the firewall block around ours  cut()  checkpoint, kill, restore
#pragma once

#include <cstddef>

#include "scenarios/language/scenario.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

inline constexpr std::size_t some_bytes = 3000;  // three segments of a 1500-byte wire

// An end of the conversation, as a subject of sentences.
class End {
 public:
  constexpr explicit End(Speaker speaker) : speaker_(speaker) {}

  Step writes(std::size_t bytes, At at = At::here()) const;  // its socket takes all of them at once
  Step shuts_down(At at = At::here()) const;                 // for writing
  Step closes(At at = At::here()) const;

  Step is_in(TcpState state, At at = At::here()) const;     // now
  Step comes_to(TcpState state, At at = At::here()) const;  // sooner or later
  Step reads_all(At at = At::here()) const;  // every byte that the other has written so far
  Step reads_eof(At at = At::here()) const;
  Step cannot_write(At at = At::here()) const;  // EPIPE

  // The kernel's counts, sooner or later.
  Step has_unread(std::size_t bytes, At at = At::here()) const;
  Step has_unacked(std::size_t bytes, At at = At::here()) const;  // sent, the FIN included
  Step has_unsent(std::size_t bytes, At at = At::here()) const;

 private:
  Speaker speaker_;
};

inline constexpr End ours{Speaker::ours};
inline constexpr End peer{Speaker::peer};

// A fault lasts until the gate has closed.
struct Wire {
  // What ours sends vanishes, and its TCP believes that it was sent.
  Step loses_what_ours_sends(At at = At::here()) const;
  // What the peer sends vanishes: ours' data arrive, and their ACK does not.
  Step loses_what_peer_sends(At at = At::here()) const;
  // What ours would send stays in its queue.
  Step refuses_what_ours_sends(At at = At::here()) const;
};
inline constexpr Wire wire;

struct GateWords {
  Step closes(At at = At::here()) const;
  Step opens(At at = At::here()) const;
};
inline constexpr GateWords gate;

// A connection of the variant's family, side and options, its streams both used, held by the
// subject. Asserts what the variant's name promises.
Steps establish(const Variant& v, At at = At::here());

// What the variant's queues hold, each part where the timeline can still make it. Who has shut down
// writes nothing more.
Steps unread_bytes(const Variant& v, At at = At::here());       // the peer's, unread
Steps undelivered_bytes(const Variant& v, At at = At::here());  // ours', unacked and lost
Steps unsent_bytes(const Variant& v, At at = At::here());       // ours', into the closed gate
Steps late_bytes(const Variant& v, At at = At::here());         // the peer's, into the closed gate

// Where the cut goes; what it is, the run decides.
Step cut(At at = At::here());

// Both programs have closed: nothing of the conversation is left but TIME_WAIT.
Step conversation_ends(At at = At::here());

}  // namespace sockcr::scenario
