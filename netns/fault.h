// The faults of the wire: what happens to segments without anybody closing a gate.
#pragma once

#include <sys/socket.h>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/sys/iptables.h"

namespace sockcr::netns {

enum class FaultKind : std::uint8_t {
  lost,       // what ours sends vanishes, and its TCP believes that it was sent
  lost_from,  // the same, from one sequence number on
  refused,    // what ours sends is refused, and its TCP keeps it unsent
  unacked,    // what reaches ours is dropped: the peer has the data, ours never sees the ACK
  half_open,  // of what reaches ours only SYNs get through: the client believes to be connected
  hole,       // what reaches ours with one sequence number is dropped, as often as it is sent
  thinned,    // of what reaches ours every fifth segment is dropped
  doubled,    // what ours sends is sent twice
  queued,     // what reaches ours waits in `served_queue`
};

// For a PacketQueue; without one it is a hole.
inline constexpr std::uint16_t served_queue = 0xC11;

std::string_view to_text(FaultKind kind);

enum class FaultFamily : std::uint8_t { v4, v6, both };

// The input of iptables-restore --noflush; pure. `sequence` is that of a hole, or the first of what
// is lost from there on; for AF_INET or AF_INET6.
std::string fault_rules(FaultKind kind, int family = AF_INET, std::uint32_t sequence = 0);
std::string fault_removal(FaultKind kind);

// All TCP of the calling thread's namespace, which must be ours', suffers while the fault lives.
// One fault of a kind at a time. Throws SystemError; needs CAP_NET_ADMIN and iptables-restore.
class Fault {
 public:
  explicit Fault(FaultKind kind, FaultFamily family = FaultFamily::both,
                 IptablesVariant variant = IptablesVariant::standard, std::uint32_t sequence = 0);
  Fault(Fault&& other) noexcept;
  Fault& operator=(Fault&&) = delete;
  // Removes; reports trouble on standard error.
  ~Fault();

  // Takes effect at once; nothing is left behind. Does nothing the second time.
  void remove();

 private:
  FaultKind kind_;
  FaultFamily family_;
  IptablesVariant variant_;
  std::optional<IptablesRestore> last_;
  bool stands_ = false;
};

}  // namespace sockcr::netns
