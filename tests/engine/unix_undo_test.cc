// A checkpoint of unix sockets that is given up, and a restore that cannot give everything back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <filesystem>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "tests/engine/unix_world.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(UnixTest, WhatWaitedOfAClientThatHasGoneWaitsAgain) {
  expect_inside([] {
    const FileDescriptor listener = unix_socket_at(SOCK_STREAM, "@app");
    listen_socket(listener.get(), 3);
    for (const char* text : {"first", "second"}) {
      const FileDescriptor client = unix_client_of(SOCK_STREAM, "@app");
      post(client.get(), text);
      post(client.get(), "!");
    }
    const Image image = image_of({listener.get()}, false);
    ASSERT_EQ(image.sockets.size(), 3u);
    for (const char* text : {"first!", "second!"}) {
      ASSERT_TRUE(readable_within(listener.get(), std::chrono::seconds(1)));
      const FileDescriptor child = accept_socket(listener.get());
      EXPECT_EQ(take(child.get()), text);
      EXPECT_EQ(take(child.get()), "");
    }
  });
}

TEST_F(UnixTest, WhatWaitsCannotBeReadAndLeftRunning) {
  expect_inside([] {
    const FileDescriptor listener = unix_socket_at(SOCK_STREAM, "@app");
    listen_socket(listener.get(), 3);
    const FileDescriptor client = unix_client_of(SOCK_STREAM, "@app");
    try {
      image_of({listener.get(), client.get()});
      FAIL() << "it was read";
    } catch (const Unsupported& refusal) {
      EXPECT_THAT(refusal.what(),
                  HasSubstr("connections that wait in the queue of unix stream @app"));
    }
    const FileDescriptor child = accept_socket(listener.get());
    post(client.get(), "still here");
    EXPECT_EQ(take(child.get()), "still here");
  });
}

TEST_F(UnixTest, AClientOutsideTheSetIsRefusedByName) {
  expect_inside([] {
    const FileDescriptor listener = unix_socket_at(SOCK_STREAM, "@app");
    listen_socket(listener.get(), 3);
    const FileDescriptor client = unix_client_of(SOCK_STREAM, "@app");
    const auto refusal_of = [](int socket) -> std::string {
      try {
        image_of({socket}, false);
      } catch (const Unsupported& refusal) {
        return refusal.what();
      }
      return "";
    };
    EXPECT_THAT(refusal_of(listener.get()), HasSubstr("its client is held by process"));
    EXPECT_THAT(refusal_of(client.get()),
                HasSubstr("the listener that has not accepted it is not in the set"));
  });
}

TEST_F(UnixTest, APathOfAProgramWithAnotherRootIsRefused) {
  expect_inside([] {
    const FileDescriptor socket = unix_socket_at(SOCK_DGRAM, "/tmp/sockcr-unix-other-root");
    const ChildProcess program = ChildProcess::run([] {
      if (::chroot("/tmp") != 0) return 1;
      return ::pause();
    });
    const std::string root = "/proc/" + std::to_string(program.pid()) + "/root";
    const bool moved = poll_until(std::chrono::seconds(5),
                                  [&] { return std::filesystem::read_symlink(root) == "/tmp"; });
    EXPECT_TRUE(moved);
    try {
      Checkpoint checkpoint({.pids = {program.pid()}});
      checkpoint.freeze();
      checkpoint.read();
      ADD_FAILURE() << "it was read";
    } catch (const Unsupported& refusal) {
      EXPECT_THAT(refusal.what(), HasSubstr("another root or mount namespace"));
    }
    ::unlink("/tmp/sockcr-unix-other-root");
  });
}

// Nobody can be born in the place of who is there.
TEST_F(UnixTest, SaysWhoItCannotBe) {
  expect_inside([] {
    const Ends ends = unix_pair(SOCK_STREAM);
    Image image = image_of({ends.one.get(), ends.other.get()});
    const ChildProcess living = start_holder({});
    for (const std::size_t place : {0, 1}) {
      std::get<UnixSocket>(image.sockets[place]).peer_credentials.pid = living.pid();
    }
    Restoration restoration(image);
    restoration.build();
    EXPECT_THAT(restoration.losses(), ElementsAre(HasSubstr("socketpair was done by pid " +
                                                            std::to_string(living.pid()))));
    post(restoration.sockets()[0], "all the same");
    EXPECT_EQ(take(restoration.sockets()[1]), "all the same");
  });
}

}  // namespace
}  // namespace sockcr
