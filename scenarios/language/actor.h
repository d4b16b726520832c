// Whoever uses a socket: one end of a conversation with its place in both streams, or a listener.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/image/tcp_state.h"
#include "engine/sys/descriptor.h"
#include "engine/tcp/info.h"
#include "scenarios/language/content.h"
#include "scenarios/language/subject.h"

namespace sockcr::scenario {

// What a program can see of its own socket: the scenario's own view, not the engine's.
struct Observed {
  TcpState state;
  QueueCounts queues;          // of a listener: zeroes
  bool error_pending = false;  // SO_ERROR has something to tell

  friend bool operator==(const Observed&, const Observed&) = default;
};
std::string to_text(const Observed& observed);

// Its socket is a subject's descriptor, or this process holds it itself (the peer), or nobody has
// it: the program has closed it, or not accepted it yet.
class Actor {
 public:
  Actor() = default;
  Actor(Speaker speaker, std::string name, std::uint64_t seed)
      : speaker_(speaker), name_(std::move(name)), seed_(seed) {}

  const std::string& name() const { return name_; }
  // Bytes [offset, offset + length) of what it writes.
  std::vector<std::uint8_t> says(std::uint64_t offset, std::size_t length) const {
    return content(seed_, speaker_, offset, length);
  }

  void hold(FileDescriptor socket) { socket_ = std::move(socket); }
  void hold_in(Subject& subject, int socket);
  // The same descriptor becomes another socket; what it was is closed.
  void hold_instead(int socket);
  // Another descriptor of the same open file, of this subject or of another one.
  void share_with(Subject& subject);
  void share_with(Subject& subject, int socket);
  // What follows is done by the other one.
  void use_the_other();
  // By which it is done, and by which it could be.
  Subject& subject() const { return *subject_; }
  Subject& other_subject() const { return *also_->first; }
  int other_descriptor() const { return also_->second; }
  bool is_open() const { return socket_ || subject_ != nullptr; }
  bool is_in_subject() const { return subject_ != nullptr; }
  int descriptor() const { return descriptor_; }  // the subject's

  // The socket, for a moment.
  FileDescriptor borrow() const;
  FileDescriptor borrow_the_other() const;
  Observed observe() const;

  // Like close(2) of the program's last descriptor.
  void close();
  // The same, by a RST (SO_LINGER with 0 seconds).
  void reset();

  // Places in the streams, in bytes.
  std::uint64_t written = 0;
  std::uint64_t read = 0;
  bool has_shut_down = false;
  bool clock_may_leap = false;       // of the time stamps, ahead, by a cut
  bool has_set_its_clock = false;    // of the time stamps
  bool has_a_double = false;         // an Injector sends in its name too
  bool counts_microseconds = false;  // in them
  // In what it writes: the last byte that was to be urgent, if one was.
  std::optional<std::uint64_t> urgent{};

 private:
  FileDescriptor let_go();

  Speaker speaker_ = Speaker::ours;
  std::string name_;
  std::uint64_t seed_ = 1;
  FileDescriptor socket_;
  Subject* subject_ = nullptr;
  int descriptor_ = -1;
  std::optional<std::pair<Subject*, int>> also_;  // the same open file
};

}  // namespace sockcr::scenario
