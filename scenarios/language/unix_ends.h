// Unix sockets, as subjects of sentences. All of them are ours: the peer's side is another machine.
//
//   local::one, other     the two ends of a connection, or who sends datagrams and who hears them
//   local::server         who listens, or is sent to by its name
//   local::client(n), child(n), stray(n)
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/image/unix_socket.h"
#include "scenarios/language/actor.h"
#include "scenarios/language/step.h"
#include "scenarios/language/variant.h"

namespace sockcr::scenario {

// What one message shall be, as it is read.
struct ExpectedMessage {
  std::vector<std::uint8_t> payload;
  std::string from;                  // of datagrams: a name
  std::string who;                   // "pid 7, uid 0", where it shall be told
  std::vector<std::string> carried;  // whose sockets
};

// Who has a unix socket, what it was told, and what came to it and was not read.
struct UnixActor {
  Actor actor;
  int type = 0;         // SOCK_*
  int subject = 1;      // who holds it
  std::string name;     // as shown: "@abstract", "/path"; empty for none
  std::string peer;     // whom it sends to; empty: nobody
  std::string peer_is;  // "pid 7, uid 0": who made its peer; empty: nobody is told
  std::vector<ExpectedMessage> unread;
  std::optional<std::uint8_t> out_of_band;
};
using UnixActors = std::map<std::string, UnixActor>;

// How something is sent.
struct Post {
  std::vector<std::string> carrying{};  // whose sockets; their own descriptors are closed then,
  bool and_closes = false;              // where this says so
  bool out_of_band = false;
  bool by_another = false;  // a process that is gone afterwards tells who it is
  std::string to{};         // by the name of this one's socket
};

class UnixEnd {
 public:
  explicit UnixEnd(std::string name, int subject = 1) : name_(std::move(name)), subject_(subject) {}
  UnixEnd in_subject(int number) const { return UnixEnd(name_, number); }

  Step opens(int type, At at = At::here()) const;
  // A path that begins with % is in a directory of this case; with %% it is told relative to it.
  Step binds(std::string name, At at = At::here()) const;
  Step unlinks_its_name(At at = At::here()) const;
  Step sets_mode(int mode, At at = At::here()) const;
  Step has_mode(int mode, At at = At::here()) const;
  // By a process that is gone afterwards.
  Step pairs_with(const UnixEnd& other, int type, At at = At::here()) const;
  Step listens(int backlog, At at = At::here()) const;
  Step connects_to(const UnixEnd& server, At at = At::here()) const;
  // Whom it accepts is called `child`, and belongs to `client`, or to one that has gone.
  Step accepts(const UnixEnd& child, const UnixEnd& client, At at = At::here()) const;

  Step sends(const std::vector<std::size_t>& lengths, const Post& how = {},
             At at = At::here()) const;
  // All that came, message by message, and nothing more.
  Step reads_all(At at = At::here()) const;
  Step reads_the_byte_out_of_band(At at = At::here()) const;
  Step reads_end(At at = At::here()) const;  // of file
  Step reads_error(int error_number, At at = At::here()) const;
  Step cannot_send(int error_number, At at = At::here()) const;
  Step wants_to_know_who_sends(At at = At::here()) const;  // SO_PASSCRED
  Step peeks_from(int offset, At at = At::here()) const;   // SO_PEEK_OFF
  Step shuts_down(At at = At::here()) const;               // for writing
  Step closes(At at = At::here()) const;
  // Its name, its peer's, who that is, and whether something waits.
  Step is_as_it_was_told(At at = At::here()) const;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int subject_;
};

namespace local {
inline const UnixEnd one("one"), other("other"), server("server");
UnixEnd client(int number);
UnixEnd child(int number);
UnixEnd stray(int number);
}  // namespace local

// From a pair to its end: messages both ways that nobody has read, and, as the variant's detail
// says, two programs, names, one end shut or gone, a byte out of band, an offset to peek from.
Steps pair_around_a_cut(const Variant& v, int type);

int type_of(const Variant& v);  // by its detail: dgram, seqpacket, else a stream

// What a program can see of a unix socket.
std::string seen_of(const UnixActor& who);

}  // namespace sockcr::scenario
