#include "scenarios/language/shared.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/kcmp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>

#include "engine/sys/control_message.h"
#include "engine/sys/error.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

int control(int socket, int command, long argument, const char* name) {
  const int result = ::fcntl(socket, command, argument);
  if (result < 0) throw SystemError("fcntl", fmt::format("{}, {}", socket, name), errno);
  return result;
}

void expect(const std::string& what, const std::string& expected, const std::string& actual) {
  if (actual != expected) throw Violation(what, expected, actual);
}

// Through the kernel once, as between two programs.
FileDescriptor sent(int socket) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) {
    throw SystemError("socketpair", "AF_UNIX", errno);
  }
  const FileDescriptor sender(ends[0]), receiver(ends[1]);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
  char byte = 0;
  iovec part{&byte, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof socket);
  *reinterpret_cast<int*>(CMSG_DATA(rights)) = socket;
  if (::sendmsg(sender.get(), &message, 0) != 1) throw SystemError("sendmsg", "a socket", errno);
  if (::recvmsg(receiver.get(), &message, MSG_CMSG_CLOEXEC) != 1) {
    throw SystemError("recvmsg", "a socket", errno);
  }
  const cmsghdr* const came = CMSG_FIRSTHDR(&message);
  if (came == nullptr) throw SystemError("recvmsg", "a message without its socket", EMFILE);
  return FileDescriptor(value_of<int>(came));
}

ino_t inode_of(int socket) {
  struct stat facts {};
  if (::fstat(socket, &facts) != 0) throw SystemError("fstat", "a socket", errno);
  return facts.st_ino;
}

// A kernel may be built without kcmp(2). The inodes of sockets tell as much.
bool are_one_file(int one, int other) {
  const long order = ::syscall(SYS_kcmp, ::getpid(), ::getpid(), KCMP_FILE, one, other);
  return order < 0 && errno == ENOSYS ? inode_of(one) == inode_of(other) : order == 0;
}

void expect_common_flags(int one, int other) {
  const int before = control(one, F_GETFL, 0, "F_GETFL");
  control(one, F_SETFL, before ^ O_NONBLOCK, "F_SETFL");
  const int seen = control(other, F_GETFL, 0, "F_GETFL");
  control(one, F_SETFL, before, "F_SETFL");
  expect("flags that are read by the other descriptor", fmt::format("{:#o}", before ^ O_NONBLOCK),
         fmt::format("{:#o}", seen));
}

const char* exec_text(bool closes) { return closes ? "close-on-exec" : "open through an exec"; }

void expect_own_flags(const Actor& actor) {
  const bool same_program = &actor.subject() == &actor.other_subject();
  expect("a descriptor", exec_text(false),
         exec_text(actor.subject().is_close_on_exec(actor.descriptor())));
  expect("its other descriptor", exec_text(same_program),
         exec_text(actor.other_subject().is_close_on_exec(actor.other_descriptor())));
}

Subject* owner_of(const Actor& actor, OwnedBy owner) {
  switch (owner) {
    case OwnedBy::nobody:
      return nullptr;
    case OwnedBy::its_program:
      return &actor.subject();
    case OwnedBy::its_other_program:
      return &actor.other_subject();
  }
  return nullptr;
}

int type_of(SignalOwner kind) { return kind == SignalOwner::thread ? F_OWNER_TID : F_OWNER_PID; }

std::string owner_text(const f_owner_ex& owner) {
  if (owner.pid == 0) return "nobody";
  return fmt::format("{} {}", owner.type == F_OWNER_TID ? "thread" : "process", owner.pid);
}

f_owner_ex wanted_owner(const Actor& actor, const FileSetup& setup) {
  f_owner_ex owner{};
  const Subject* const subject = owner_of(actor, setup.owner);
  if (subject == nullptr) return owner;
  owner.type = static_cast<decltype(owner.type)>(type_of(setup.kind));
  owner.pid = subject->pid();
  return owner;
}

void set_up(World& world, const Actor& actor, const FileSetup& setup) {
  for (auto& [number, subject] : world.subjects) subject.exist();  // a process, with a number
  const FileDescriptor socket = actor.borrow();
  const f_owner_ex owner = wanted_owner(actor, setup);
  control(socket.get(), F_SETSIG, setup.signal, "F_SETSIG");
  if (::fcntl(socket.get(), F_SETOWN_EX, &owner) != 0) {
    throw SystemError("fcntl", "F_SETOWN_EX", errno);
  }
  control(socket.get(), F_SETFL, static_cast<long>(setup.flags), "F_SETFL");
}

void expect_set_up(const Actor& actor, const FileSetup& setup) {
  const FileDescriptor socket = actor.borrow();
  const auto flags = static_cast<StatusFlags>(control(socket.get(), F_GETFL, 0, "F_GETFL"));
  expect("file status flags", to_text(setup.flags), to_text(flags & StatusFlags::all));
  expect("signal", fmt::format("{}", setup.signal),
         fmt::format("{}", control(socket.get(), F_GETSIG, 0, "F_GETSIG")));
  f_owner_ex owner{};
  if (::fcntl(socket.get(), F_GETOWN_EX, &owner) != 0) {
    throw SystemError("fcntl", "F_GETOWN_EX", errno);
  }
  expect("owner of its signals", owner_text(wanted_owner(actor, setup)), owner_text(owner));
}

void expect_told(World& world, const Actor& actor, const FileSetup& setup) {
  const int signal = setup.signal == 0 ? SIGIO : setup.signal;
  const Subject* const owner = owner_of(actor, setup.owner);
  await(
      world, "the owner of " + actor.name(), fmt::format("told by signal {}", signal),
      [&] { return owner->has_pending(signal); }, [] { return std::string("told nothing"); });
  for (const auto& [number, subject] : world.subjects) {
    if (&subject == owner || !subject.has_pending(signal)) continue;
    throw Violation(fmt::format("subject {}", number), "told nothing",
                    fmt::format("told by signal {}", signal));
  }
}

}  // namespace

std::string FileSetup::text() const {
  std::string text = to_text(flags);
  if (owner == OwnedBy::nobody) return text;
  return text + fmt::format(", {} to {} of {}",
                            signal == 0 ? "SIGIO" : fmt::format("signal {}", signal), to_text(kind),
                            owner == OwnedBy::its_program ? "its program" : "the other program");
}

Step SharedSocket::is_duplicated(At at) const {
  return {name_ + " gets a second descriptor in its program, which is close-on-exec",
          [actor_of = actor_](World& world) {
            Actor& actor = actor_of(world);
            actor.share_with(actor.subject());
            actor.subject().close_on_exec(actor.other_descriptor());
          },
          at};
}

Step SharedSocket::is_inherited(At at) const {
  return {name_ + " is held by a second program, at the same number",
          [actor_of = actor_](World& world) {
            Actor& actor = actor_of(world);
            actor.share_with(world.subjects[2]);
          },
          at};
}

Step SharedSocket::is_sent_to_another_program(At at) const {
  return {name_ + " is sent to a second program, which has it at another number",
          [actor_of = actor_](World& world) {
            Actor& actor = actor_of(world);
            world.subjects[2].leave_out(4);
            const FileDescriptor received = sent(actor.borrow().get());
            actor.share_with(world.subjects[2], received.get());
          },
          at};
}

Step SharedSocket::is_one_file(At at) const {
  return {"both descriptors of " + name_ + " are one open file",
          [actor_of = actor_](World& world) {
            const Actor& actor = actor_of(world);
            const FileDescriptor one = actor.borrow(), other = actor.borrow_the_other();
            expect("what its two descriptors are", "one file",
                   are_one_file(one.get(), other.get()) ? "one file" : "two files");
            expect_common_flags(one.get(), other.get());
            expect_own_flags(actor);
          },
          at};
}

Step SharedSocket::sets_up(const FileSetup& setup, At at) const {
  return {fmt::format("{} is set up: {}", name_, setup.text()),
          [actor_of = actor_, setup](World& world) { set_up(world, actor_of(world), setup); }, at};
}

Step SharedSocket::is_set_up(const FileSetup& setup, At at) const {
  return {fmt::format("{} is as it was set up: {}", name_, setup.text()),
          [actor_of = actor_, setup](World& world) { expect_set_up(actor_of(world), setup); }, at};
}

Step SharedSocket::tells_its_owner(const FileSetup& setup, At at) const {
  if (setup.owner == OwnedBy::nobody) return {};
  return {fmt::format("{} has told its owner, and nobody else", name_),
          [actor_of = actor_, setup](World& world) { expect_told(world, actor_of(world), setup); },
          at};
}

Step SharedSocket::goes_on_by_the_other_descriptor(At at) const {
  return {name_ + " goes on by its other descriptor",
          [actor_of = actor_](World& world) { actor_of(world).use_the_other(); }, at};
}

const SharedSocket shared_ours{"ours",
                               [](World& world) -> Actor& { return world.conversation(1).ours; }};

SharedSocket shared_unix(const std::string& name) {
  return {name, [name](World& world) -> Actor& { return world.unix_actors.at(name).actor; }};
}

}  // namespace sockcr::scenario
