// What messages of unix sockets carry besides their bytes, and who peers are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "tests/engine/unix_world.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

constexpr SocketOption<int> pass_credentials{SOL_SOCKET, SO_PASSCRED, "SO_PASSCRED"};
constexpr SocketOption<ucred> peer_credentials{SOL_SOCKET, SO_PEERCRED, "SO_PEERCRED"};

using UnixMessageTest = UnixTypeTest;

std::vector<FileDescriptor> two(int type) {
  Ends ends = unix_pair(type);
  std::vector<FileDescriptor> sockets;
  sockets.push_back(std::move(ends.one));
  sockets.push_back(std::move(ends.other));
  return sockets;
}

TEST_P(UnixMessageTest, KeepsWhatMessagesCarry) {
  expect_inside([] {
    auto sockets = two(GetParam());
    {
      const Connection connection = connect_on_loopback(AF_INET);
      const Ends inner = unix_pair(SOCK_STREAM);
      post(inner.one.get(), "inside");
      post(sockets[0].get(), "plain");
      post(sockets[0].get(), "held", {.carried = {sockets[1].get()}});
      post(sockets[0].get(), "flying", {.carried = {inner.other.get(), inner.one.get()}});
      post(sockets[0].get(), "over TCP",
           {.carried = {connection.ours.get(), connection.peer.get()}});
      say(connection.peer.get(), "hello");
    }
    const Cut done = cut(sockets);
    ASSERT_EQ(done.image.sockets.size(), 6u);
    std::vector<FileDescriptor> carried;
    EXPECT_EQ(take(done.sockets[1], &carried),
              GetParam() == SOCK_STREAM ? "plainheld +1" : "plain");
    if (GetParam() != SOCK_STREAM) {
      EXPECT_EQ(take(done.sockets[1], &carried), "held +1");
    }
    EXPECT_EQ(take(done.sockets[1], &carried), "flying +2");
    EXPECT_EQ(take(done.sockets[1], &carried), "over TCP +2");
    ASSERT_EQ(carried.size(), 5u);
    EXPECT_EQ(take(carried[1].get()), "inside");
    EXPECT_EQ(hear(carried[3].get(), 5), "hello");
    EXPECT_EQ(exchange(carried[3].get(), carried[4].get(), "and back"), "and back");
    post(done.sockets[0], "itself");
    EXPECT_EQ(take(carried[0].get()), "itself");
  });
}

TEST_P(UnixMessageTest, KeepsWhoSentAMessage) {
  expect_inside([] {
    auto sockets = two(GetParam());
    const ucred own{::getpid(), ::getuid(), ::getgid()};
    pid_t dead = 0;
    post(sockets[0].get(), "nobody's");
    post(sockets[0].get(), "ours", {.who = &own});
    {
      ChildProcess child = ChildProcess::run([&] {
        const ucred who{::getpid(), ::getuid(), ::getgid()};
        post(sockets[0].get(), "of the dead", {.who = &who});
        return 0;
      });
      dead = child.pid();
      child.wait();
    }
    const Cut done = cut(sockets);
    EXPECT_EQ(differences_between(done.image, image_of(done.sockets, false)), "");
    set_option(done.sockets[1], pass_credentials, 1);
    EXPECT_EQ(take(done.sockets[1]), "nobody's pid 0, uid 65534");
    EXPECT_EQ(take(done.sockets[1]), "ours pid " + std::to_string(::getpid()) + ", uid 0");
    EXPECT_EQ(take(done.sockets[1]), "of the dead pid " + std::to_string(dead) + ", uid 0");
  });
}

INSTANTIATE_TEST_SUITE_P(Types, UnixMessageTest,
                         testing::Values(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), type_name);

// Made by a process that is there no more.
TEST_F(UnixTest, KeepsWhoItsPeerIs) {
  expect_inside([] {
    std::vector<FileDescriptor> sockets;
    sockets.push_back(unix_socket_at(SOCK_STREAM, "@app"));
    sockets.push_back(make_socket(AF_UNIX, SOCK_STREAM, 0));
    std::vector<pid_t> dead;
    const auto by_another = [&](const std::function<void()>& act) {
      ChildProcess child = ChildProcess::run([&] {
        act();
        return 0;
      });
      dead.push_back(child.pid());
      child.wait();
    };
    by_another([&] { listen_socket(sockets[0].get(), 3); });
    by_another([&] { connect_to(sockets[1].get(), "@app"); });
    sockets.push_back(accept_socket(sockets[0].get()));
    const Cut done = cut(sockets);
    EXPECT_EQ(differences_between(done.image, image_of(done.sockets, false)), "");
    EXPECT_EQ(get_option(done.sockets[0], peer_credentials).pid, dead[0]);
    EXPECT_EQ(get_option(done.sockets[1], peer_credentials).pid, dead[0]);
    EXPECT_EQ(get_option(done.sockets[2], peer_credentials).pid, dead[1]);
  });
}

TEST_F(UnixTest, RefusesFilesThatAreNoSocketsByName) {
  expect_inside([] {
    const Ends ends = unix_pair(SOCK_STREAM);
    const Pipe pipe = Pipe::make();
    post(ends.one.get(), "x", {.carried = {pipe.read_end.get()}});
    try {
      image_of({ends.one.get(), ends.other.get()});
      FAIL() << "it was read";
    } catch (const Unsupported& refusal) {
      EXPECT_THAT(refusal.what(), HasSubstr("pipe:["));
    }
  });
}

}  // namespace
}  // namespace sockcr
