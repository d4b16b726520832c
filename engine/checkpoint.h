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
#include <vector>

#include "engine/image/image.h"
#include "engine/process/freeze.h"
#include "engine/tcp/capture.h"

namespace sockcr {

// 64 random bits that name an image and its gate; chosen before the gate closes.
std::uint64_t choose_image_id();

struct CheckpointRequest {
  std::vector<pid_t> pids;
  std::uint64_t image_id = 0;
  // What is read of each socket, and in which order.
  std::vector<Reading> readings = capture_readings();
};

// Needs PTRACE_MODE_ATTACH towards the programs and CAP_NET_ADMIN over their network namespace.
class Checkpoint {
 public:
  explicit Checkpoint(CheckpointRequest request) : request_(std::move(request)) {}
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
    bool in_repair = false;
    bool was_in_repair = false;  // a restored socket before its resume is in repair mode already
  };

  CheckpointRequest request_;
  std::vector<Frozen> frozen_;
  std::vector<Taken> taken_;
  Image image_;
  bool killed_ = false;
};

}  // namespace sockcr
