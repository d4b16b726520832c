#include "scenarios/language/unix_ends.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/stat.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/name.h"
#include "scenarios/language/unix_actor.h"
#include "scenarios/language/unix_letter.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<ucred> peer_credentials{SOL_SOCKET, SO_PEERCRED, "SO_PEERCRED"};
constexpr SocketOption<int> pass_credentials{SOL_SOCKET, SO_PASSCRED, "SO_PASSCRED"};

std::string peer_name_text(int socket) {
  try {
    return name_text(peer_name_of(socket));
  } catch (const SystemError& error) {
    if (error.error_number() != ENOTCONN) throw;
    return "nobody";
  }
}

std::string peer_is(int socket) {
  const ucred who = get_option(socket, peer_credentials);
  return who.uid == Credentials::no_id ? "" : fmt::format("pid {}, uid {}", who.pid, who.uid);
}

bool something_waits(int socket) { return (readiness(socket) & POLLIN) != 0; }

ExpectedMessage next_of(World& world, UnixActor& from, const Post& how, std::size_t length) {
  ExpectedMessage next;
  next.payload = from.actor.says(from.actor.written, length);
  from.actor.written += length;
  if (from.type == SOCK_DGRAM) next.from = from.name;
  for (const std::string& each : how.carrying) {
    static_cast<void>(unix_actor(world, each));
    next.carried.push_back(each);
  }
  return next;
}

void send_one(World& world, UnixActor& from, UnixActor& to, const Post& how, std::size_t length) {
  ExpectedMessage next = next_of(world, from, how, length);
  std::vector<FileDescriptor> carried;
  for (const std::string& each : next.carried)
    carried.push_back(unix_actor(world, each).actor.borrow());
  const FileDescriptor socket = from.actor.borrow();
  Letter letter{
      .payload = next.payload, .carried = {}, .to = {}, .flags = how.out_of_band ? MSG_OOB : 0};
  for (const FileDescriptor& each : carried) letter.carried.push_back(each.get());
  if (!how.to.empty()) letter.to = bytes_of(to.name);
  if (how.by_another) {
    letter.tells_who = true;
    next.who = who_text(by_another([&] { send_letter(socket.get(), letter); }));
  } else {
    send_letter(socket.get(), letter);
  }
  if (how.out_of_band) {
    to.out_of_band = next.payload.front();
  } else {
    to.unread.push_back(std::move(next));
  }
}

// Whose sockets they are: the same as ever, or, where nobody has had one, it has an owner again.
void receive_carried(World& world, const std::vector<std::string>& names,
                     std::vector<FileDescriptor>& carried) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    UnixActor& owner = unix_actor(world, names[i]);
    if (!owner.actor.is_open()) {
      owner.actor.hold_in(world.subjects[owner.subject], carried[i].get());
      continue;
    }
    const FileDescriptor held = owner.actor.borrow();
    struct stat wanted {};
    struct stat actual {};
    ::fstat(held.get(), &wanted);
    ::fstat(carried[i].get(), &actual);
    expect_text("the socket that a message carries", fmt::format("that of {}", names[i]),
                wanted.st_ino == actual.st_ino ? fmt::format("that of {}", names[i]) : "another");
  }
}

void read_one(World& world, UnixActor& reader, const ExpectedMessage& wanted) {
  const FileDescriptor socket = reader.actor.borrow();
  Heard heard = hear_letter(socket.get(), wanted.payload.size(), reader.type);
  // Older kernels stop once where a byte out of band has been (manage_oob).
  const bool stopped = heard.text == nothing_heard_yet && something_waits(socket.get());
  if (stopped) heard = hear_letter(socket.get(), wanted.payload.size(), reader.type);
  expect_text("the next message of " + reader.actor.name(),
              text_of(wanted.payload, wanted.from, wanted.who, wanted.carried.size()), heard.text);
  receive_carried(world, wanted.carried, heard.carried);
}

void read_all(World& world, UnixActor& reader) {
  for (const ExpectedMessage& wanted : std::exchange(reader.unread, {})) {
    read_one(world, reader, wanted);
  }
}

void is_as_told(World& world, const UnixActor& who) {
  const FileDescriptor socket = who.actor.borrow();
  const std::string& name = who.actor.name();
  expect_text("name of " + name, name_text(bytes_of(who.name)), name_text(name_of(socket.get())));
  const std::string peer =
      who.peer.empty() ? "nobody" : name_text(bytes_of(unix_actor(world, who.peer).name));
  expect_text("name of the peer of " + name, peer, peer_name_text(socket.get()));
  expect_text("who the peer of " + name + " is", who.peer_is, peer_is(socket.get()));
  if (who.out_of_band || (!who.unread.empty() && !waits_to_be_accepted(world, who))) {
    expect_text("whether something waits for " + name, "yes",
                something_waits(socket.get()) ? "yes" : "no");
  }
}

void expect_error(const std::string& what, int error_number, const std::function<void()>& act) {
  try {
    act();
  } catch (const SystemError& error) {
    expect_text(what, ::strerrorname_np(error_number), ::strerrorname_np(error.error_number()));
    return;
  }
  throw Violation(what, ::strerrorname_np(error_number), "it succeeded");
}

std::string lengths_text(const std::vector<std::size_t>& lengths) {
  return lengths.size() == 1 ? fmt::format("a message of {} bytes", lengths.front())
                             : fmt::format("messages of {} bytes", fmt::join(lengths, ", "));
}

std::string how_text(const Post& how) {
  std::string text = how.to.empty() ? "" : " to " + how.to;
  if (!how.carrying.empty()) text += fmt::format(", with {}", fmt::join(how.carrying, ", "));
  if (how.and_closes) text += ", which nobody else holds then";
  if (how.out_of_band) text += ", out of band";
  if (how.by_another) text += ", by a process that is gone then";
  return text;
}

}  // namespace

std::string seen_of(const UnixActor& who) {
  const FileDescriptor socket = who.actor.borrow();
  return fmt::format("{}, connected to {}, which is {}, {:#x}", name_text(name_of(socket.get())),
                     peer_name_text(socket.get()), peer_is(socket.get()), readiness(socket.get()));
}

Step UnixEnd::sends(const std::vector<std::size_t>& lengths, const Post& how, At at) const {
  return {fmt::format("{} sends {}{}", name_, lengths_text(lengths), how_text(how)),
          [name = name_, lengths, how](World& world) {
            UnixActor& from = unix_actor(world, name);
            UnixActor& to = unix_actor(world, how.to.empty() ? from.peer : how.to);
            const bool waits = waits_to_be_accepted(world, from);
            for (const std::size_t length : lengths) {
              send_one(world, from, waits ? from : to, how, length);
            }
            if (!how.and_closes) return;
            for (const std::string& each : how.carrying) unix_actor(world, each).actor.close();
          },
          at};
}

Step UnixEnd::reads_all(At at) const {
  return {fmt::format("{} reads every message that came, and no other", name_),
          [name = name_](World& world) {
            read_all(world, unix_actor(world, name));
            const UnixActor& reader = unix_actor(world, name);
            const FileDescriptor socket = reader.actor.borrow();
            const bool ends = (readiness(socket.get()) & (POLLRDHUP | POLLHUP)) != 0;
            if (!ends && something_waits(socket.get())) {
              throw Violation("what is left in the queue of " + name, "nothing", "something");
            }
          },
          at};
}

Step UnixEnd::reads_the_byte_out_of_band(At at) const {
  return {fmt::format("{} reads the byte out of band", name_),
          [name = name_](World& world) {
            UnixActor& reader = unix_actor(world, name);
            std::array<std::uint8_t, 1> byte{};
            receive_bytes(reader.actor.borrow().get(), byte, MSG_OOB | MSG_DONTWAIT);
            expect_text("the byte out of band of " + name,
                        fmt::format("{}", reader.out_of_band.value_or(0)),
                        fmt::format("{}", byte[0]));
            reader.out_of_band.reset();
          },
          at};
}

Step UnixEnd::reads_end(At at) const {
  return {fmt::format("{} reads end of file", name_),
          [name = name_](World& world) {
            std::array<std::uint8_t, 1> byte{};
            const auto read =
                receive_bytes(unix_actor(world, name).actor.borrow().get(), byte, MSG_DONTWAIT);
            expect_text("what " + name + " reads", "0 bytes", fmt::format("{} bytes", read));
          },
          at};
}

Step UnixEnd::reads_error(int error_number, At at) const {
  return {fmt::format("{} reads {}", name_, ::strerrorname_np(error_number)),
          [name = name_, error_number](World& world) {
            expect_error("what " + name + " reads", error_number, [&] {
              std::array<std::uint8_t, 1> byte{};
              receive_bytes(unix_actor(world, name).actor.borrow().get(), byte, MSG_DONTWAIT);
            });
          },
          at};
}

Step UnixEnd::cannot_send(int error_number, At at) const {
  return {fmt::format("{} cannot send: {}", name_, ::strerrorname_np(error_number)),
          [name = name_, error_number](World& world) {
            expect_error(name + " sends", error_number, [&] {
              const std::array<std::uint8_t, 1> byte{};
              send_bytes(unix_actor(world, name).actor.borrow().get(), byte, MSG_DONTWAIT);
            });
          },
          at};
}

Step UnixEnd::wants_to_know_who_sends(At at) const {
  return {fmt::format("{} wants to know who sends", name_),
          [name = name_](World& world) {
            set_option(unix_actor(world, name).actor.borrow().get(), pass_credentials, 1);
          },
          at};
}

Step UnixEnd::peeks_from(int offset, At at) const {
  return {fmt::format("{} peeks from byte {} on", name_, offset),
          [name = name_, offset](World& world) {
            set_option(unix_actor(world, name).actor.borrow().get(), option::peek_offset, offset);
          },
          at};
}

Step UnixEnd::shuts_down(At at) const {
  return {fmt::format("{} shuts down", name_),
          [name = name_](World& world) {
            shut_down_socket(unix_actor(world, name).actor.borrow().get(), SHUT_WR);
          },
          at};
}

Step UnixEnd::closes(At at) const {
  return {fmt::format("{} closes its unix socket", name_),
          [name = name_](World& world) { unix_actor(world, name).actor.close(); }, at};
}

Step UnixEnd::is_as_it_was_told(At at) const {
  return {fmt::format("{} has its name and its peer", name_),
          [name = name_](World& world) { is_as_told(world, unix_actor(world, name)); }, at};
}

}  // namespace sockcr::scenario
