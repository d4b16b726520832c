// Taking the sockets of running programs, all or nothing.
//
//   Checkpoint checkpoint({.pids = {pid}});
//   checkpoint.freeze();
//   const Image& image = checkpoint.read();   // the gate must be closed by now
//   ... make the image safe ...
//   checkpoint.kill();
//
// Without kill() the end of the scope undoes everything: out of repair mode, and the programs go
// on.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/image/image.h"
#include "engine/process/find.h"
#include "engine/process/freeze.h"
#include "engine/process/guardian.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/repair.h"

namespace sockcr {

// 64 random bits that name an image and its gate; chosen before the gate closes.
std::uint64_t choose_image_id();

struct CheckpointRequest {
  std::vector<pid_t> pids;
  std::uint64_t image_id = 0;
  // What is read of each socket, and in which order.
  std::vector<Reading> readings = capture_readings();
  // A guardian child stands by as long as the Checkpoint exists. When this process is killed before
  // kill(), the guardian gives the sockets back, calls `open_gate` and lets the programs go on;
  // when it is killed during kill(), the guardian ends them, and the gate stays closed.
  bool guarded = false;
  std::function<void()> open_gate = [] {};
};

// Needs PTRACE_MODE_ATTACH towards the programs and CAP_NET_ADMIN over their network namespace.
class Checkpoint {
 public:
  // With a guardian: before the gate closes.
  explicit Checkpoint(CheckpointRequest request);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  void freeze();

  // Finds, takes and reads every socket of the frozen programs. Throws Unsupported, which names the
  // socket, when one of them is of a kind or in a state that cannot be restored.
  const Image& read();

  // SIGKILL for every program; returns when all of them are gone. Their sockets are in repair mode,
  // so nothing of this reaches the peers.
  void kill();

 private:
  struct Taken {
    FileDescriptor socket;
    BeforeRepair before;
  };

  void take(const std::vector<FoundSocket>& found);
  void stand_guard();
  Guardian::Duties duties() const;

  CheckpointRequest request_;
  std::optional<Guardian> guardian_;  // before what it guards, and so dismissed after it
  std::vector<PidFd> running_;        // the programs that were not stopped by somebody else
  std::vector<Frozen> frozen_;
  std::vector<Taken> taken_;
  Image image_;
  bool killed_ = false;
};

}  // namespace sockcr
