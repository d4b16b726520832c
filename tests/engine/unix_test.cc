// Unix sockets, cut out of a program: pairs and their queues, names, listeners.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "tests/engine/unix_world.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

std::vector<FileDescriptor> both(Ends ends) {
  std::vector<FileDescriptor> sockets;
  sockets.push_back(std::move(ends.one));
  sockets.push_back(std::move(ends.other));
  return sockets;
}

// A directory that is gone at the end; the test is in it.
class Somewhere {
 public:
  Somewhere() {
    char path[] = "/tmp/sockcr-unix-XXXXXX";
    path_ = ::mkdtemp(path);
    std::filesystem::current_path(path_);
  }
  ~Somewhere() {
    std::filesystem::current_path("/");
    std::filesystem::remove_all(path_);
  }
  Somewhere(const Somewhere&) = delete;
  Somewhere& operator=(const Somewhere&) = delete;
  std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void expect_the_same_again(const Cut& done) {
  EXPECT_EQ(differences_between(done.image, image_of(done.sockets, false)), "");
}

// Drops datagrams of more than two bytes; what is in the queue came before it. It is locked.
TEST_F(UnixTest, KeepsAFilterThatWouldDropItsQueue) {
  expect_inside([] {
    auto sockets = both(unix_pair(SOCK_DGRAM));
    post(sockets[0].get(), "too long");
    sock_filter short_ones[] = {{BPF_LD | BPF_W | BPF_LEN, 0, 0, 0},
                                {BPF_JMP | BPF_JGT | BPF_K, 0, 1, 2},
                                {BPF_RET | BPF_K, 0, 0, 0},
                                {BPF_RET | BPF_K, 0, 0, 0xffff}};
    attach_filter(sockets[1].get(), {reinterpret_cast<const std::uint8_t*>(short_ones), 32});
    set_option(sockets[1].get(), SocketOption<int>{SOL_SOCKET, SO_LOCK_FILTER, "lock"}, 1);
    const Cut done = cut(sockets);
    EXPECT_EQ(read_filter(done.sockets[1]).size(), 32U);
    expect_the_same_again(done);
    post(done.sockets[0], "also too long");
    post(done.sockets[0], "ok");
    EXPECT_EQ(take(done.sockets[1]), "too long");
    EXPECT_EQ(take(done.sockets[1]), "ok");
  });
}

TEST_P(UnixTypeTest, KeepsBothQueuesOfAPairInMessages) {
  expect_inside([] {
    auto sockets = both(unix_pair(GetParam()));
    const std::string long_one(30'000, 'x');  // about as long as one buffer of the kernel
    for (const char* text : {"one", "three", "a"}) post(sockets[0].get(), text);
    for (const std::string& text : {long_one, std::string("z")}) post(sockets[1].get(), text);
    const Cut done = cut(sockets);
    ASSERT_EQ(unix_at(done.image, 0).queue.size(), 2u);
    ASSERT_EQ(unix_at(done.image, 1).queue.size(), 3u);
    expect_the_same_again(done);
    if (GetParam() == SOCK_STREAM) {
      EXPECT_EQ(take(done.sockets[1]), "onethreea");
      EXPECT_EQ(take(done.sockets[0]), long_one + "z");
    } else {
      for (const char* text : {"one", "three", "a"}) EXPECT_EQ(take(done.sockets[1]), text);
      for (const std::string& text : {long_one, std::string("z")}) {
        EXPECT_EQ(take(done.sockets[0]), text);
      }
    }
    EXPECT_EQ(take(done.sockets[1]), nothing_there());
    post(done.sockets[0], "and on");
    EXPECT_EQ(take(done.sockets[1]), "and on");
  });
}

TEST_P(UnixTypeTest, KeepsEmptyMessages) {
  if (GetParam() == SOCK_STREAM) GTEST_SKIP() << "a stream has none";
  expect_inside([] {
    auto sockets = both(unix_pair(GetParam()));
    for (const char* text : {"", "a", "", "", "b", ""}) post(sockets[0].get(), text);
    const Cut done = cut(sockets);
    ASSERT_EQ(unix_at(done.image, 1).queue.size(), 6u);
    for (const char* text : {"", "a", "", "", "b", ""}) EXPECT_EQ(take(done.sockets[1]), text);
    EXPECT_EQ(take(done.sockets[1]), nothing_there());
  });
}

TEST_P(UnixTypeTest, IsAsBeforeWhereItIsNotKilled) {
  expect_inside([] {
    auto sockets = both(unix_pair(GetParam()));
    for (const char* text : {"one", "three"}) post(sockets[0].get(), text);
    set_option(sockets[1].get(), option::peek_offset, 1);
    const std::vector<int> numbers{sockets[0].get(), sockets[1].get()};
    const Image before = image_of(numbers);
    EXPECT_EQ(differences_between(before, image_of(numbers, false)), "");
    EXPECT_EQ(get_option(sockets[1].get(), option::peek_offset), 1);
    const std::string both_of_them = GetParam() == SOCK_STREAM ? "onethree" : "one";
    EXPECT_EQ(take(sockets[1].get()), both_of_them);
  });
}

TEST_P(UnixTypeTest, KeepsWhatIsShutDown) {
  expect_inside([] {
    auto sockets = both(unix_pair(GetParam()));
    post(sockets[0].get(), "last");
    shut_down_socket(sockets[0].get(), SHUT_WR);
    post(sockets[1].get(), "answer");
    const Cut done = cut(sockets);
    EXPECT_TRUE(unix_at(done.image, 0).shut_down_send);
    EXPECT_FALSE(unix_at(done.image, 0).shut_down_receive);
    expect_the_same_again(done);
    EXPECT_EQ(take(done.sockets[0]), "answer");
    EXPECT_EQ(take(done.sockets[1]), "last");
    EXPECT_EQ(take(done.sockets[1]), GetParam() == SOCK_DGRAM ? nothing_there() : "");
    EXPECT_THROW(send_bytes(done.sockets[0], Bytes{1}, 0), SystemError);
  });
}

TEST_P(UnixTypeTest, KeepsWhatAPeerThatHasGoneLeft) {
  expect_inside([] {
    auto sockets = both(unix_pair(GetParam()));
    for (const char* text : {"one", "three"}) post(sockets[1].get(), text);
    if (GetParam() != SOCK_DGRAM) post(sockets[0].get(), "unread");
    sockets.pop_back();
    const Cut done = cut(sockets);
    EXPECT_TRUE(unix_at(done.image, 0).peer_gone);
    EXPECT_EQ(unix_at(done.image, 0).error, GetParam() == SOCK_DGRAM ? 0 : ECONNRESET);
    if (GetParam() == SOCK_STREAM) {
      expect_the_same_again(done);
      EXPECT_EQ(take(done.sockets[0]), "onethree");
    }
    EXPECT_EQ(take(done.sockets[0]), GetParam() == SOCK_DGRAM ? "one" : "ECONNRESET");
  });
}

TEST_P(UnixTypeTest, KeepsTheTwoEndsInTwoPrograms) {
  expect_inside([] {
    auto sockets = both(unix_pair(GetParam()));
    post(sockets[0].get(), "over");
    std::vector<FileDescriptor> first, second;
    first.push_back(std::move(sockets[0]));
    second.push_back(std::move(sockets[1]));
    sockets.clear();
    const Cut done = cut(first, second);
    EXPECT_EQ(take(done.sockets[1]), "over");
    post(done.sockets[1], "and back");
    EXPECT_EQ(take(done.sockets[0]), "and back");
  });
}

TEST_P(UnixTypeTest, IsRefusedByNameWhereItsPeerIsNotInTheSet) {
  expect_inside([] {
    const Ends ends = unix_pair(GetParam());
    try {
      image_of({ends.one.get()});
      FAIL() << "it was read";
    } catch (const Unsupported& refusal) {
      EXPECT_THAT(refusal.what(),
                  HasSubstr("unix " + std::string(to_text(static_cast<UnixType>(GetParam())))));
      EXPECT_THAT(refusal.what(),
                  HasSubstr("its peer is held by process " + std::to_string(::getpid())));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Types, UnixTypeTest,
                         testing::Values(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), type_name);

TEST_F(UnixTest, KeepsTheByteOutOfBandInItsPlace) {
  expect_inside([] {
    struct Case {
      std::vector<std::string> texts;  // "!D" is out of band
      std::string before;              // what the first read returns
    };
    const std::vector<Case> cases{{{"abc", "!D", "ef"}, "abc"},
                                  {{"!D", "ef"}, "ef"},
                                  {{"abc", "!D"}, "abc"},
                                  {{"D", "!D", "D"}, "D"}};
    for (const Case& each : cases) {
      SCOPED_TRACE(each.texts.front());
      auto sockets = both(unix_pair(SOCK_STREAM));
      for (const std::string& text : each.texts) {
        const bool urgent = text.front() == '!';
        post(sockets[0].get(), text.substr(urgent ? 1 : 0), {.flags = urgent ? MSG_OOB : 0});
      }
      const Cut done = cut(sockets);
      ASSERT_EQ(unix_at(done.image, 1).queue.size(), each.texts.size());
      expect_the_same_again(done);
      EXPECT_EQ(take(done.sockets[1], nullptr, MSG_OOB | MSG_PEEK), "D");
      EXPECT_EQ(take(done.sockets[1]), each.before);
    }
  });
}

TEST_F(UnixTest, KeepsSendersOfDatagramsWhoeverTheyWere) {
  expect_inside([] {
    std::vector<FileDescriptor> sockets;
    sockets.push_back(unix_socket_at(SOCK_DGRAM, "@server"));
    sockets.push_back(unix_socket_at(SOCK_DGRAM, "@living"));
    post(sockets[1].get(), "of the living", {.to = "@server"});
    post(unix_socket_at(SOCK_DGRAM, "@dead").get(), "of the dead", {.to = "@server"});
    post(make_socket(AF_UNIX, SOCK_DGRAM, 0).get(), "of nobody", {.to = "@server"});
    connect_to(sockets[0].get(), "@living");
    connect_to(sockets[1].get(), "@server");
    post(sockets[1].get(), "again");
    const Cut done = cut(sockets);
    EXPECT_EQ(unix_at(done.image, 0).peer, 2u);
    expect_the_same_again(done);
    EXPECT_EQ(take(done.sockets[0]), "of the living from @living");
    EXPECT_EQ(take(done.sockets[0]), "of the dead from @dead");
    EXPECT_EQ(take(done.sockets[0]), "of nobody");
    EXPECT_EQ(take(done.sockets[0]), "again from @living");
    post(done.sockets[0], "hello");
    EXPECT_EQ(take(done.sockets[1]), "hello from @server");
  });
}

// Of its peer a connected one has more than net.unix.max_dgram_qlen allows others.
TEST_F(UnixTest, KeepsMoreOfItsPeerThanOfOthers) {
  expect_inside([] {
    constexpr int many = 60;
    std::vector<FileDescriptor> sockets;
    sockets.push_back(unix_socket_at(SOCK_DGRAM, "@server"));
    sockets.push_back(unix_socket_at(SOCK_DGRAM, "@living"));
    post(unix_socket_at(SOCK_DGRAM, "@dead").get(), "of the dead", {.to = "@server"});
    post(sockets[1].get(), "early", {.to = "@server"});
    post(unix_socket_at(SOCK_DGRAM, "@dead").get(), "of the dead", {.to = "@server"});
    connect_to(sockets[0].get(), "@living");
    for (int n = 0; n < many; ++n) {
      post(sockets[1].get(), std::to_string(n), {.to = "@server"});
    }
    const Cut done = cut(sockets);
    expect_the_same_again(done);
    EXPECT_EQ(take(done.sockets[0]), "of the dead from @dead");
    EXPECT_EQ(take(done.sockets[0]), "early from @living");
    EXPECT_EQ(take(done.sockets[0]), "of the dead from @dead");
    for (int n = 0; n < many; ++n) {
      EXPECT_EQ(take(done.sockets[0]), std::to_string(n) + " from @living");
    }
  });
}

TEST_F(UnixTest, KeepsManySmallMessagesOfAStream) {
  expect_inside([] {
    auto sockets = both(unix_pair(SOCK_STREAM));
    std::string sent;
    for (int n = 0; n < 200; ++n) {
      post(sockets[0].get(), std::to_string(n));
      sent += std::to_string(n);
    }
    const Cut done = cut(sockets);
    ASSERT_EQ(unix_at(done.image, 1).queue.size(), 200u);
    expect_the_same_again(done);
    EXPECT_EQ(take(done.sockets[1]), sent);
  });
}

TEST_F(UnixTest, KeepsAListenerAndWhomItHasAccepted) {
  expect_inside([] {
    std::vector<FileDescriptor> sockets;
    sockets.push_back(unix_socket_at(SOCK_STREAM, "@app"));
    listen_socket(sockets[0].get(), 7);
    for (int n = 0; n < 2; ++n) {
      sockets.push_back(unix_client_of(SOCK_STREAM, "@app"));
      sockets.push_back(accept_socket(sockets[0].get()));
    }
    post(sockets[1].get(), "first");
    post(sockets[4].get(), "second");
    const Cut done = cut(sockets);
    EXPECT_EQ(unix_at(done.image, 0).backlog, 7u);
    expect_the_same_again(done);
    EXPECT_EQ(take(done.sockets[2]), "first");
    EXPECT_EQ(take(done.sockets[3]), "second from @app");
    EXPECT_EQ(name_of_own(done.sockets[2]), "@app");
    const FileDescriptor another = unix_client_of(SOCK_STREAM, "@app");
    const FileDescriptor child = accept_socket(done.sockets[0]);
    post(another.get(), "third");
    EXPECT_EQ(take(child.get()), "third");
  });
}

TEST_F(UnixTest, KeepsWhatTheListenerAcceptedThatIsGone) {
  expect_inside([] {
    std::vector<FileDescriptor> sockets;
    {
      const FileDescriptor listener = unix_socket_at(SOCK_SEQPACKET, "@app");
      listen_socket(listener.get(), 7);
      for (int n = 0; n < 2; ++n) {
        sockets.push_back(unix_client_of(SOCK_SEQPACKET, "@app"));
        sockets.push_back(accept_socket(listener.get()));
      }
    }
    post(sockets[0].get(), "packet");
    const Cut done = cut(sockets);
    expect_the_same_again(done);
    EXPECT_EQ(name_of_own(done.sockets[3]), "@app");
    EXPECT_EQ(take(done.sockets[1]), "packet");
  });
}

TEST_F(UnixTest, KeepsConnectionsThatWaitToBeAccepted) {
  expect_inside([] {
    std::vector<FileDescriptor> sockets;
    sockets.push_back(unix_socket_at(SOCK_STREAM, "@app"));
    listen_socket(sockets[0].get(), 7);
    sockets.push_back(unix_client_of(SOCK_STREAM, "@app"));
    post(unix_client_of(SOCK_STREAM, "@app").get(), "and gone");
    sockets.push_back(unix_client_of(SOCK_STREAM, "@app"));
    post(sockets[2].get(), "pa");
    post(sockets[2].get(), "tient");
    const Cut done = cut(sockets);
    ASSERT_EQ(done.image.sockets.size(), 6u);
    const auto accepted = [&] { return accept_socket(done.sockets[0]); };
    const FileDescriptor first = accepted(), second = accepted(), third = accepted();
    EXPECT_EQ(take(first.get()), nothing_there());
    EXPECT_EQ(take(second.get()), "and gone");
    EXPECT_EQ(take(second.get()), "");
    EXPECT_EQ(take(third.get()), "patient");
    post(done.sockets[1], "late");
    EXPECT_EQ(take(first.get()), "late");
    post(third.get(), "welcome");
    EXPECT_EQ(take(done.sockets[2]), "welcome from @app");
  });
}

TEST_F(UnixTest, KeepsNamesInTheFileSystem) {
  expect_inside([] {
    const Somewhere place;
    std::vector<FileDescriptor> sockets;
    for (const std::string& name :
         {place.at("absolute"), std::string("relative"), place.at("unlinked")}) {
      sockets.push_back(unix_socket_at(SOCK_DGRAM, name));
    }
    ::chmod("absolute", 0640);
    ::unlink("unlinked");
    post(make_socket(AF_UNIX, SOCK_DGRAM, 0).get(), "hi", {.to = "relative"});
    const Cut done = cut(sockets);
    expect_the_same_again(done);
    EXPECT_TRUE(unix_at(done.image, 2).node.unlinked);
    struct stat facts {};
    ASSERT_EQ(::stat("absolute", &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0640u);
    EXPECT_FALSE(std::filesystem::exists("unlinked"));
    EXPECT_EQ(name_of_own(done.sockets[1]), "relative");
    post(make_socket(AF_UNIX, SOCK_DGRAM, 0).get(), "ho", {.to = "relative"});
    EXPECT_EQ(take(done.sockets[1]), "hi");
    EXPECT_EQ(take(done.sockets[1]), "ho");
  });
}

TEST_F(UnixTest, DoesNotTakeALivingSocketsPlace) {
  expect_inside([] {
    const Somewhere place;
    std::vector<FileDescriptor> sockets;
    sockets.push_back(unix_socket_at(SOCK_DGRAM, place.at("first")));
    sockets.push_back(unix_socket_at(SOCK_DGRAM, place.at("name")));
    const Image image = image_of({sockets[0].get(), sockets[1].get()});
    sockets.erase(sockets.begin());
    Restoration restoration(image);
    EXPECT_THROW(restoration.build(), SystemError);
    EXPECT_FALSE(std::filesystem::exists("first")) << "a failed restore leaves nothing";
    EXPECT_TRUE(std::filesystem::exists("name"));
    post(make_socket(AF_UNIX, SOCK_DGRAM, 0).get(), "still here", {.to = "name"});
    EXPECT_EQ(take(sockets[0].get()), "still here");
  });
}

}  // namespace
}  // namespace sockcr
