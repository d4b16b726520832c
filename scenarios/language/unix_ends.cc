#include "scenarios/language/unix_ends.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/process.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/name.h"
#include "scenarios/language/unix_letter.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<ucred> peer_credentials{SOL_SOCKET, SO_PEERCRED, "SO_PEERCRED"};
constexpr SocketOption<int> pass_credentials{SOL_SOCKET, SO_PASSCRED, "SO_PASSCRED"};
constexpr std::string_view directory = "/mnt";  // of this case: a file system of its own

UnixActor& named(World& world, const std::string& name) { return world.unix_actors.at(name); }

void expect(const std::string& what, const std::string& wanted, const std::string& actual) {
  if (wanted != actual) throw Violation(what, wanted, actual);
}

// What `act` makes at a descriptor of this process stays when the process that did it is gone.
pid_t by_another(const std::function<void()>& act) {
  ChildProcess child = ChildProcess::run(
      [&] {
        act();
        return 0;
      },
      CLONE_FILES, ChildProcess::Bond::loose);  // the parent's descriptors are its own, too
  const pid_t pid = child.pid();
  if (child.wait().code != 0) throw SystemError("a child", "that makes sockets", ECHILD);
  return pid;
}

std::string who_text(pid_t pid) { return fmt::format("pid {}, uid {}", pid, ::geteuid()); }

UnixName bytes_of(const std::string& name) {
  UnixName bytes(name.begin(), name.end());
  if (!bytes.empty() && bytes.front() == '@') bytes.front() = 0;
  return bytes;
}

void hold(World& world, const std::string& name, int type, int subject, int socket) {
  const auto seed = world.settings.seed + 7919 * (world.unix_actors.size() + 1);
  UnixActor& made = world.unix_actors[name] = {};
  made.actor = Actor(Speaker::ours, name, seed);
  made.type = type;
  made.subject = subject;
  made.actor.hold_in(world.subjects[subject], socket);
}

// A directory of nobody else's, which goes with the case.
void go_to_own_directory() {
  struct stat here {};
  struct stat root {};
  const std::string path(directory);
  ::stat(path.c_str(), &here);
  ::stat("/", &root);
  if (here.st_dev == root.st_dev && ::mount("none", path.c_str(), "tmpfs", 0, nullptr) != 0) {
    throw SystemError("mount", path, errno);
  }
  if (::chdir(path.c_str()) != 0) throw SystemError("chdir", path, errno);
}

std::string told_name(const std::string& name) {
  if (!name.starts_with('%')) return name;
  go_to_own_directory();
  return name.starts_with("%%") ? name.substr(2) : fmt::format("{}/{}", directory, name.substr(1));
}

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
    static_cast<void>(named(world, each));
    next.carried.push_back(each);
  }
  return next;
}

void send_one(World& world, UnixActor& from, UnixActor& to, const Post& how, std::size_t length) {
  ExpectedMessage next = next_of(world, from, how, length);
  std::vector<FileDescriptor> carried;
  for (const std::string& each : next.carried) carried.push_back(named(world, each).actor.borrow());
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
    UnixActor& owner = named(world, names[i]);
    if (!owner.actor.is_open()) {
      owner.actor.hold_in(world.subjects[owner.subject], carried[i].get());
      continue;
    }
    const FileDescriptor held = owner.actor.borrow();
    struct stat wanted {};
    struct stat actual {};
    ::fstat(held.get(), &wanted);
    ::fstat(carried[i].get(), &actual);
    expect("the socket that a message carries", fmt::format("that of {}", names[i]),
           wanted.st_ino == actual.st_ino ? fmt::format("that of {}", names[i]) : "another");
  }
}

void read_one(World& world, UnixActor& reader, const ExpectedMessage& wanted) {
  Heard heard = hear_letter(reader.actor.borrow().get(), wanted.payload.size(), reader.type);
  expect("the next message of " + reader.actor.name(),
         text_of(wanted.payload, wanted.from, wanted.who, wanted.carried.size()), heard.text);
  receive_carried(world, wanted.carried, heard.carried);
}

void read_all(World& world, UnixActor& reader) {
  for (const ExpectedMessage& wanted : std::exchange(reader.unread, {})) {
    read_one(world, reader, wanted);
  }
}

// What it has sent is kept with it until then.
bool waits_to_be_accepted(World& world, const UnixActor& who) {
  return who.type != SOCK_DGRAM && !who.peer.empty() &&
         named(world, who.peer).peer != who.actor.name();
}

void is_as_told(World& world, const UnixActor& who) {
  const FileDescriptor socket = who.actor.borrow();
  const std::string& name = who.actor.name();
  expect("name of " + name, name_text(bytes_of(who.name)), name_text(name_of(socket.get())));
  const std::string peer =
      who.peer.empty() ? "nobody" : name_text(bytes_of(named(world, who.peer).name));
  expect("name of the peer of " + name, peer, peer_name_text(socket.get()));
  expect("who the peer of " + name + " is", who.peer_is, peer_is(socket.get()));
  if (who.out_of_band || (!who.unread.empty() && !waits_to_be_accepted(world, who))) {
    expect("whether something waits for " + name, "yes",
           something_waits(socket.get()) ? "yes" : "no");
  }
}

void expect_error(const std::string& what, int error_number, const std::function<void()>& act) {
  try {
    act();
  } catch (const SystemError& error) {
    expect(what, ::strerrorname_np(error_number), ::strerrorname_np(error.error_number()));
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

std::string type_text(int type) { return std::string(to_text(static_cast<UnixType>(type))); }

}  // namespace

UnixEnd local::client(int number) { return UnixEnd(fmt::format("client {}", number)); }
UnixEnd local::child(int number) { return UnixEnd(fmt::format("child {}", number)); }
UnixEnd local::stray(int number) { return UnixEnd(fmt::format("stray {}", number)); }

int type_of(const Variant& v) {
  if (v.detail.starts_with("dgram")) return SOCK_DGRAM;
  return v.detail.starts_with("seqpacket") ? SOCK_SEQPACKET : SOCK_STREAM;
}

std::string seen_of(const UnixActor& who) {
  const FileDescriptor socket = who.actor.borrow();
  return fmt::format("{}, connected to {}, which is {}, {:#x}", name_text(name_of(socket.get())),
                     peer_name_text(socket.get()), peer_is(socket.get()), readiness(socket.get()));
}

Step UnixEnd::opens(int type, At at) const {
  return {fmt::format("{} is a unix socket: {}", name_, type_text(type)),
          [name = name_, subject = subject_, type](World& world) {
            hold(world, name, type, subject, make_socket(AF_UNIX, type, 0).get());
          },
          at};
}

Step UnixEnd::binds(std::string to, At at) const {
  return {fmt::format("{} binds to {}", name_, to),
          [name = name_, to](World& world) {
            UnixActor& who = named(world, name);
            who.name = told_name(to);
            sockaddr_un address{};
            const socklen_t length = to_sockaddr(bytes_of(who.name), address);
            bind_socket(who.actor.borrow().get(), reinterpret_cast<const sockaddr*>(&address),
                        length);
          },
          at};
}

Step UnixEnd::unlinks_its_name(At at) const {
  return {fmt::format("the name of {} is unlinked", name_),
          [name = name_](World& world) {
            const std::string& path = named(world, name).name;
            if (::unlink(path.c_str()) != 0) throw SystemError("unlink", path, errno);
          },
          at};
}

Step UnixEnd::sets_mode(int mode, At at) const {
  return {fmt::format("the node of {} has mode {:04o} from here on", name_, mode),
          [name = name_, mode](World& world) {
            const std::string& path = named(world, name).name;
            if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
              throw SystemError("chmod", path, errno);
            }
          },
          at};
}

Step UnixEnd::has_mode(int mode, At at) const {
  return {fmt::format("the node of {} has mode {:04o}", name_, mode),
          [name = name_, mode](World& world) {
            const std::string& path = named(world, name).name;
            struct stat facts {};
            const bool there = ::stat(path.c_str(), &facts) == 0;
            expect("mode of " + path, fmt::format("{:04o}", mode),
                   there ? fmt::format("{:04o}", facts.st_mode & 07777) : "it is not there");
          },
          at};
}

Step UnixEnd::pairs_with(const UnixEnd& second, int type, At at) const {
  return {fmt::format("{} and {} are a pair of unix sockets: {}", name_, second.name(),
                      type_text(type)),
          [first = *this, second, type](World& world) {
            const FileDescriptor a = make_socket(AF_UNIX, type, 0), b = a.duplicate();
            const std::string made_by = who_text(by_another([&] {
              int ends[2] = {-1, -1};
              const int made = ::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
              if (made != 0 || ::dup3(ends[0], a.get(), O_CLOEXEC) < 0 ||
                  ::dup3(ends[1], b.get(), O_CLOEXEC) < 0) {
                throw SystemError("socketpair", "", errno);
              }
              ::close(ends[0]);
              ::close(ends[1]);
            }));
            hold(world, first.name_, type, first.subject_, a.get());
            hold(world, second.name_, type, second.subject_, b.get());
            named(world, first.name_).peer = second.name_;
            named(world, second.name_).peer = first.name_;
            named(world, first.name_).peer_is = named(world, second.name_).peer_is = made_by;
          },
          at};
}

Step UnixEnd::listens(int backlog, At at) const {
  return {fmt::format("{} listens, with room for {}", name_, backlog),
          [name = name_, backlog](World& world) {
            UnixActor& who = named(world, name);
            const FileDescriptor socket = who.actor.borrow();
            who.peer_is = who_text(by_another([&] { listen_socket(socket.get(), backlog); }));
          },
          at};
}

Step UnixEnd::connects_to(const UnixEnd& server, At at) const {
  return {fmt::format("{} connects to {}", name_, server.name()),
          [name = name_, to = server.name()](World& world) {
            UnixActor& who = named(world, name);
            UnixActor& other = named(world, to);
            const FileDescriptor socket = who.actor.borrow();
            sockaddr_un address{};
            const socklen_t length = to_sockaddr(bytes_of(other.name), address);
            const pid_t pid = by_another([&] {
              connect_socket(socket.get(), reinterpret_cast<const sockaddr*>(&address), length);
            });
            who.peer = to;
            if (who.type == SOCK_DGRAM) return;
            who.peer_is = other.peer_is;
            who.actor.read = static_cast<std::uint64_t>(pid);  // for who accepts it
          },
          at};
}

Step UnixEnd::accepts(const UnixEnd& child, const UnixEnd& client, At at) const {
  return {fmt::format("{} accepts {}", name_, client.name()),
          [name = name_, child, client = client.name()](World& world) {
            const UnixActor& server = named(world, name);
            const FileDescriptor accepted = accept_socket(server.actor.borrow().get());
            hold(world, child.name_, server.type, child.subject_, accepted.get());
            UnixActor& made = named(world, child.name_);
            UnixActor& other = named(world, client);
            made.name = server.name;
            made.peer = client;
            made.peer_is = who_text(static_cast<pid_t>(other.actor.read));
            other.peer = child.name_;
            made.unread = std::exchange(other.unread, {});
          },
          at};
}

Step UnixEnd::sends(const std::vector<std::size_t>& lengths, const Post& how, At at) const {
  return {fmt::format("{} sends {}{}", name_, lengths_text(lengths), how_text(how)),
          [name = name_, lengths, how](World& world) {
            UnixActor& from = named(world, name);
            UnixActor& to = named(world, how.to.empty() ? from.peer : how.to);
            const bool waits = waits_to_be_accepted(world, from);
            for (const std::size_t length : lengths) {
              send_one(world, from, waits ? from : to, how, length);
            }
            if (!how.and_closes) return;
            for (const std::string& each : how.carrying) named(world, each).actor.close();
          },
          at};
}

Step UnixEnd::reads_all(At at) const {
  return {fmt::format("{} reads every message that came, and no other", name_),
          [name = name_](World& world) {
            read_all(world, named(world, name));
            const UnixActor& reader = named(world, name);
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
            UnixActor& reader = named(world, name);
            std::array<std::uint8_t, 1> byte{};
            receive_bytes(reader.actor.borrow().get(), byte, MSG_OOB | MSG_DONTWAIT);
            expect("the byte out of band of " + name,
                   fmt::format("{}", reader.out_of_band.value_or(0)), fmt::format("{}", byte[0]));
            reader.out_of_band.reset();
          },
          at};
}

Step UnixEnd::reads_end(At at) const {
  return {fmt::format("{} reads end of file", name_),
          [name = name_](World& world) {
            std::array<std::uint8_t, 1> byte{};
            const auto read =
                receive_bytes(named(world, name).actor.borrow().get(), byte, MSG_DONTWAIT);
            expect("what " + name + " reads", "0 bytes", fmt::format("{} bytes", read));
          },
          at};
}

Step UnixEnd::reads_error(int error_number, At at) const {
  return {fmt::format("{} reads {}", name_, ::strerrorname_np(error_number)),
          [name = name_, error_number](World& world) {
            expect_error("what " + name + " reads", error_number, [&] {
              std::array<std::uint8_t, 1> byte{};
              receive_bytes(named(world, name).actor.borrow().get(), byte, MSG_DONTWAIT);
            });
          },
          at};
}

Step UnixEnd::cannot_send(int error_number, At at) const {
  return {fmt::format("{} cannot send: {}", name_, ::strerrorname_np(error_number)),
          [name = name_, error_number](World& world) {
            expect_error(name + " sends", error_number, [&] {
              const std::array<std::uint8_t, 1> byte{};
              send_bytes(named(world, name).actor.borrow().get(), byte, MSG_DONTWAIT);
            });
          },
          at};
}

Step UnixEnd::wants_to_know_who_sends(At at) const {
  return {fmt::format("{} wants to know who sends", name_),
          [name = name_](World& world) {
            set_option(named(world, name).actor.borrow().get(), pass_credentials, 1);
          },
          at};
}

Step UnixEnd::peeks_from(int offset, At at) const {
  return {fmt::format("{} peeks from byte {} on", name_, offset),
          [name = name_, offset](World& world) {
            set_option(named(world, name).actor.borrow().get(), option::peek_offset, offset);
          },
          at};
}

Step UnixEnd::shuts_down(At at) const {
  return {fmt::format("{} shuts down", name_),
          [name = name_](World& world) {
            shut_down_socket(named(world, name).actor.borrow().get(), SHUT_WR);
          },
          at};
}

Step UnixEnd::closes(At at) const {
  return {fmt::format("{} closes its unix socket", name_),
          [name = name_](World& world) { named(world, name).actor.close(); }, at};
}

Step UnixEnd::is_as_it_was_told(At at) const {
  return {fmt::format("{} has its name and its peer", name_),
          [name = name_](World& world) { is_as_told(world, named(world, name)); }, at};
}

}  // namespace sockcr::scenario
