// One end of the conversation, with its socket and its place in both streams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/image/tcp_state.h"
#include "engine/sys/descriptor.h"
#include "engine/sys/process.h"
#include "engine/tcp/info.h"
#include "scenarios/language/content.h"

namespace sockcr::scenario {

// What a program can see of its own socket: the scenario's own view, not the engine's.
struct Observed {
  TcpState state;
  QueueCounts queues;

  friend bool operator==(const Observed&, const Observed&) = default;
};
std::string to_text(const Observed& observed);

// ours: a process that only holds the socket (the subject), reached by pidfd_getfd and let go
// again, so that the engine finds no trace of us. peer: this process itself.
class Actor {
 public:
  Actor(Speaker speaker, std::string name) : speaker_(speaker), name_(std::move(name)) {}

  Speaker speaker() const { return speaker_; }
  const std::string& name() const { return name_; }

  void hold(FileDescriptor socket) { socket_ = std::move(socket); }
  // A new subject holds `socket` as its descriptor 3; what this actor held before is let go.
  void hold_in_subject(int socket);

  bool is_open() const { return socket_ || subject_; }
  const ChildProcess& subject() const { return *subject_; }
  // Reaps a subject that was killed by somebody else.
  void forget_subject() { subject_.reset(); }

  // The socket, for a moment.
  FileDescriptor borrow() const;
  Observed observe() const;

  // Like close(2) of the program's last descriptor.
  void close();

  // Places in the streams, in bytes.
  std::uint64_t written = 0;
  std::uint64_t read = 0;
  bool has_shut_down = false;

 private:
  Speaker speaker_;
  std::string name_;
  FileDescriptor socket_;
  std::optional<ChildProcess> subject_;
};

}  // namespace sockcr::scenario
