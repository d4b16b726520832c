// How unix sockets come to be.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/unix/name.h"
#include "scenarios/language/unix_actor.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view directory = "/mnt";  // of this case: a file system of its own

void hold(World& world, const std::string& name, int type, int subject, int socket) {
  const auto seed = world.settings.seed + 7919 * (world.unix_actors.size() + 1);
  UnixActor& made = world.unix_actors[name] = {};
  made.actor = Actor(Speaker::ours, name, seed);
  made.type = type;
  made.subject = subject;
  made.actor.hold_in(world.subjects[subject], socket);
}

// A file system of nobody else's, which goes with the case: a process has one.
void go_to_own_directory() {
  static bool mounted = false;
  const std::string path(directory);
  if (!mounted && ::mount("none", path.c_str(), "tmpfs", 0, nullptr) != 0) {
    throw SystemError("mount", path, errno);
  }
  mounted = true;
  if (::chdir(path.c_str()) != 0) throw SystemError("chdir", path, errno);
}

std::string told_name(const std::string& name) {
  if (!name.starts_with('%')) return name;
  go_to_own_directory();
  return name.starts_with("%%") ? name.substr(2) : fmt::format("{}/{}", directory, name.substr(1));
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
            UnixActor& who = unix_actor(world, name);
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
            const std::string& path = unix_actor(world, name).name;
            if (::unlink(path.c_str()) != 0) throw SystemError("unlink", path, errno);
          },
          at};
}

Step UnixEnd::sets_mode(int mode, At at) const {
  return {fmt::format("the node of {} has mode {:04o} from here on", name_, mode),
          [name = name_, mode](World& world) {
            const std::string& path = unix_actor(world, name).name;
            if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
              throw SystemError("chmod", path, errno);
            }
          },
          at};
}

Step UnixEnd::has_mode(int mode, At at) const {
  return {fmt::format("the node of {} has mode {:04o}", name_, mode),
          [name = name_, mode](World& world) {
            const std::string& path = unix_actor(world, name).name;
            struct stat facts {};
            const bool there = ::stat(path.c_str(), &facts) == 0;
            expect_text("mode of " + path, fmt::format("{:04o}", mode),
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
            unix_actor(world, first.name_).peer = second.name_;
            unix_actor(world, second.name_).peer = first.name_;
            unix_actor(world, first.name_).peer_is = unix_actor(world, second.name_).peer_is =
                made_by;
          },
          at};
}

Step UnixEnd::listens(int backlog, At at) const {
  return {fmt::format("{} listens, with room for {}", name_, backlog),
          [name = name_, backlog](World& world) {
            UnixActor& who = unix_actor(world, name);
            const FileDescriptor socket = who.actor.borrow();
            who.peer_is = who_text(by_another([&] { listen_socket(socket.get(), backlog); }));
          },
          at};
}

Step UnixEnd::connects_to(const UnixEnd& server, At at) const {
  return {fmt::format("{} connects to {}", name_, server.name()),
          [name = name_, to = server.name()](World& world) {
            UnixActor& who = unix_actor(world, name);
            UnixActor& other = unix_actor(world, to);
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
            const UnixActor& server = unix_actor(world, name);
            const FileDescriptor accepted = accept_socket(server.actor.borrow().get());
            hold(world, child.name_, server.type, child.subject_, accepted.get());
            UnixActor& made = unix_actor(world, child.name_);
            UnixActor& other = unix_actor(world, client);
            made.name = server.name;
            made.peer = client;
            made.peer_is = who_text(static_cast<pid_t>(other.actor.read));
            other.peer = child.name_;
            made.unread = std::exchange(other.unread, {});
          },
          at};
}

}  // namespace sockcr::scenario
