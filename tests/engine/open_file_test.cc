// What several descriptors share: kept by a cut, and left alone by a checkpoint that is none.
#include "engine/process/open_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <csignal>

#include "engine/checkpoint.h"
#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "tests/engine/unix_world.h"
#include "tests/engine/world.h"

namespace sockcr {

void PrintTo(const OpenFile& file, std::ostream* out) {
  *out << to_text(file.flags) << ", signal " << int{file.signal} << ", " << to_text(file.owner);
}

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OpenFileTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

constexpr std::uint8_t some_signal = 40;  // of real time: it tells why

OpenFile every_one(SignalOwner owner) {
  return {.flags = StatusFlags::all, .signal = some_signal, .owner = owner};
}

Image taken(const ChildProcess& program, bool leave_running = false) {
  Checkpoint checkpoint(
      {.pids = {program.pid()}, .image_id = choose_image_id(), .leave_running = leave_running});
  checkpoint.freeze();
  const Bytes bytes = encode(checkpoint.read());
  if (!leave_running) checkpoint.kill();
  return decode(bytes);
}

TEST_F(OpenFileTest, IsReadAsItWasWritten) {
  const Ends ends = unix_pair(SOCK_STREAM);
  EXPECT_EQ(read_open_file(ends.one.get()).file, OpenFile{});
  const OpenFile wanted = every_one(SignalOwner::thread);
  write_open_file(ends.one.get(), wanted);
  const ChildProcess owner = start_holder({});
  write_owner(ends.one.get(), SignalOwner::thread, owner.pid());
  const OwnedFile read = read_open_file(ends.one.get());
  EXPECT_EQ(read.file, wanted);
  EXPECT_EQ(read.owner, owner.pid());
  EXPECT_EQ(read_open_file(ends.other.get()).file, OpenFile{});
}

TEST_F(OpenFileTest, AnOwnerThatHasEndedIsNone) {
  const Ends ends = unix_pair(SOCK_STREAM);
  {
    const ChildProcess program = start_holder({});
    write_owner(ends.one.get(), SignalOwner::process, program.pid());
    EXPECT_EQ(read_open_file(ends.one.get()).owner, program.pid());
  }
  EXPECT_EQ(read_open_file(ends.one.get()).file.owner, SignalOwner::nobody);
  EXPECT_THROW(write_owner(ends.one.get(), SignalOwner::process, 4194303), SystemError);
}

// By which of two descriptors a program is told that there is something to read (si_fd).
int told_of(const Ends& ends, int by) {
  sigset_t set{};
  ::sigaddset(&set, some_signal);
  sigset_t before{};
  ::pthread_sigmask(SIG_BLOCK, &set, &before);
  tell_of_signals_by(by);
  post(ends.other.get(), "something");
  siginfo_t told{};
  const timespec limit{.tv_sec = 5, .tv_nsec = 0};
  EXPECT_EQ(::sigtimedwait(&set, &told, &limit), some_signal);
  take(ends.one.get());
  const timespec at_once{};
  while (::sigtimedwait(&set, nullptr, &at_once) > 0) continue;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return told.si_fd;
}

TEST_F(OpenFileTest, SignalsTellTheDescriptorThatWasAskedFor) {
  const Ends ends = unix_pair(SOCK_DGRAM);
  const FileDescriptor other = ends.one.duplicate();
  write_open_file(ends.one.get(), every_one(SignalOwner::process));
  write_owner(ends.one.get(), SignalOwner::process, ::getpid());
  EXPECT_EQ(told_of(ends, other.get()), other.get());
  EXPECT_EQ(told_of(ends, ends.one.get()), ends.one.get());
  EXPECT_EQ(read_open_file(ends.one.get()).file, every_one(SignalOwner::process));
  write_owner(ends.one.get(), SignalOwner::process, 0);  // or this program would be told of its end
}

// One that was set up, of each kind, and one that was not.
std::vector<FileDescriptor> sockets_of_each_kind() {
  std::vector<FileDescriptor> sockets;
  for (int n = 0; n < 2; ++n) {
    sockets.push_back(listen_on_loopback(AF_INET));
    sockets.push_back(make_socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP));
    sockets.push_back(make_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP));
    sockets.push_back(make_socket(AF_INET, SOCK_RAW, 253));
    Ends ends = unix_pair(SOCK_SEQPACKET);
    post(ends.one.get(), "unread");
    sockets.push_back(std::move(ends.one));
    sockets.push_back(std::move(ends.other));
  }
  for (std::size_t i = 0; i < sockets.size() / 2; ++i) {
    write_open_file(sockets[i].get(), every_one(SignalOwner::nobody));
  }
  return sockets;
}

std::vector<OpenFile> files_of(const std::vector<FileDescriptor>& sockets) {
  std::vector<OpenFile> files;
  for (const FileDescriptor& one : sockets) files.push_back(read_open_file(one.get()).file);
  return files;
}

std::vector<OpenFile> files_of(const Image& image) {
  std::vector<OpenFile> files;
  for (const Socket& one : image.sockets) files.push_back(*open_file_of(one));
  return files;
}

TEST_F(OpenFileTest, OfEachKindIsInTheImageAndComesBack) {
  expect_inside([] {
    std::vector<FileDescriptor> sockets = sockets_of_each_kind();
    const std::vector<OpenFile> before = files_of(sockets);
    const ChildProcess program = start_holder({});
    sockets.clear();
    const Image image = taken(program);
    EXPECT_EQ(files_of(image), before);
    Restoration restoration(image);
    restoration.build();
    restoration.resume();
    std::vector<OpenFile> after;
    for (const int socket : restoration.sockets()) after.push_back(read_open_file(socket).file);
    EXPECT_EQ(after, before);
    EXPECT_THAT(restoration.losses(), IsEmpty());
  });
}

// The engine works with the very open file that the program works with.
TEST_F(OpenFileTest, IsLeftAsItWas) {
  for (const bool leave_running : {true, false}) {
    expect_inside([=] {
      const std::vector<FileDescriptor> sockets = sockets_of_each_kind();
      Connection connection = connect_on_loopback(AF_INET);
      const FileDescriptor client = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
      const sockaddr_storage address = local_address(sockets.front().get());
      // A child in the queue of the first listener: it cannot be left running.
      if (!leave_running) {
        connect_socket(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
      }
      say(connection.peer.get(), "unread");
      write_open_file(connection.ours.get(), every_one(SignalOwner::nobody));
      const ChildProcess program = start_holder({connection.peer.get(), client.get()});
      write_owner(connection.ours.get(), SignalOwner::process, program.pid());
      const std::vector<OpenFile> before = files_of(sockets);
      {
        Checkpoint checkpoint({.pids = {program.pid()}, .leave_running = leave_running});
        checkpoint.freeze();
        checkpoint.read();
      }
      EXPECT_EQ(files_of(sockets), before);
      const OwnedFile after = read_open_file(connection.ours.get());
      EXPECT_EQ(after.file, every_one(SignalOwner::process));
      EXPECT_EQ(after.owner, program.pid());
    });
  }
}

struct Owned {
  Image image;
  pid_t program;
};

// A pair, one end of which is owned.
Owned taken_with_owner(SignalOwner kind, const std::function<pid_t(pid_t program)>& owner) {
  Ends ends = unix_pair(SOCK_STREAM);
  const ChildProcess program = start_holder({});
  write_owner(ends.one.get(), kind, owner(program.pid()));
  ends = {};
  return {taken(program), program.pid()};
}

OwnedFile owned_after(const Owned& owned, pid_t successor, std::vector<std::string>& losses) {
  Restoration restoration(owned.image);
  restoration.build();
  restoration.give_owners([&](pid_t then) { return then == owned.program ? successor : 0; });
  losses = restoration.losses();
  for (const int socket : restoration.sockets()) {
    if (const OwnedFile read = read_open_file(socket); read.owner != 0) return read;
  }
  return {};
}

TEST_F(OpenFileTest, ItsOwnerBecomesWhoHoldsIt) {
  expect_inside([] {
    for (const SignalOwner kind : {SignalOwner::process, SignalOwner::thread}) {
      const Owned owned = taken_with_owner(kind, [](pid_t program) { return program; });
      const ChildProcess successor = start_holder({});
      std::vector<std::string> losses;
      const OwnedFile after = owned_after(owned, successor.pid(), losses);
      EXPECT_EQ(after.owner, successor.pid());
      EXPECT_EQ(after.file.owner, kind);
      EXPECT_THAT(losses, IsEmpty());
    }
  });
}

TEST_F(OpenFileTest, AnOwnerWhomNobodyKnowsIsLostByName) {
  expect_inside([] {
    const ChildProcess stranger = start_holder({});
    const Owned owned =
        taken_with_owner(SignalOwner::process, [&](pid_t) { return stranger.pid(); });
    std::vector<std::string> losses;
    EXPECT_EQ(owned_after(owned, ::getpid(), losses).owner, 0);
    EXPECT_THAT(losses, ElementsAre(HasSubstr("whom its signals go to, process " +
                                              std::to_string(stranger.pid()))));
    const Owned known =
        taken_with_owner(SignalOwner::process, [](pid_t program) { return program; });
    EXPECT_EQ(owned_after(known, 0, losses).owner, 0);
    EXPECT_THAT(losses, ElementsAre(HasSubstr("whom its signals go to, process ")));
  });
}

// A shell's whole pipeline would be told otherwise.
TEST_F(OpenFileTest, AGroupIsGivenToWhoLeadsOne) {
  expect_inside([] {
    const auto lead = [](pid_t program) {
      ::setpgid(program, program);
      return program;
    };
    const Owned owned = taken_with_owner(SignalOwner::group, lead);
    const ChildProcess successor = start_holder({});
    std::vector<std::string> losses;
    EXPECT_EQ(owned_after(owned, successor.pid(), losses).owner, 0);
    EXPECT_THAT(losses, ElementsAre(HasSubstr("whom its signals go to, process group ")));
    lead(successor.pid());
    const OwnedFile after = owned_after(owned, successor.pid(), losses);
    EXPECT_EQ(after.owner, successor.pid());
    EXPECT_EQ(after.file.owner, SignalOwner::group);
    EXPECT_THAT(losses, IsEmpty());
  });
}

}  // namespace
}  // namespace sockcr
