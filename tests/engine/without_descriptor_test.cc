// Sockets that no descriptor refers to, and those of before a connection: read, killed, built again
// and read once more, over the laboratory's wire and behind a real gate. (That the peer cannot tell
// is the scenarios' to prove.)
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/bpf/kernel_reader.h"
#include "engine/checkpoint.h"
#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/encode.h"
#include "engine/restore.h"
#include "engine/sys/socket.h"
#include "tests/engine/scene.h"

namespace sockcr {
namespace {

// Read by BPF, or by forged segments and by taking to pieces.
struct Way {
  int family;
  bool bpf;
};

class WithoutDescriptorTest : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    std::string why_not;
    if (GetParam().bpf && !KernelReader::open(KernelReader::Orphans::leave_out, why_not)) {
      GTEST_SKIP() << why_not;
    }
  }
};

struct WayScene : Scene {
  explicit WayScene(const Way& way) : Scene(way.family) { use_bpf = way.bpf; }
};

std::string differences_between(const Image& a, const Image& b) {
  if (a.sockets.size() != b.sockets.size()) {
    return fmt::format("{} sockets, then {}", a.sockets.size(), b.sockets.size());
  }
  std::string text;
  for (std::size_t i = 0; i < a.sockets.size(); ++i) {
    for (const Difference& each : beyond_tolerance(a.sockets[i], b.sockets[i])) {
      text += to_text(a.sockets[i]) + ": " + to_text(each) + "\n";
    }
  }
  return text;
}

// Cuts twice, and compares.
Image cut_twice(Scene& scene, ChildProcess program) {
  scene.gate.close();
  const Image first = scene.take(program);
  std::optional<ChildProcess> second_program;
  {
    Restoration restoration(first);
    restoration.build();
    std::vector<int> held = restoration.sockets();
    std::erase(held, -1);
    second_program = start_keeper(held);
  }
  const Image second = scene.take(*second_program);
  EXPECT_EQ(differences_between(first, second), "");
  return second;
}

std::string kinds_of(const Image& image) {
  std::string text;
  for (const Socket& socket : image.sockets) text += to_text(socket) + "\n";
  return text;
}

TEST_P(WithoutDescriptorTest, SynSent) {
  expect_inside([] {
    WayScene scene(GetParam());
    std::optional<netns::Fault> fault(netns::FaultKind::lost);
    FileDescriptor ours = make_socket(scene.family, SOCK_STREAM, 0);
    set_nonblocking(ours.get(), true);
    const sockaddr_storage remote = scene.at(netns::End::peer, 7002);
    begin_connecting(ours.get(), reinterpret_cast<const sockaddr*>(&remote), scene.length());
    ChildProcess program = start_keeper({ours.get()});
    ours.reset();
    const Image image = cut_twice(scene, std::move(program));
    EXPECT_THAT(kinds_of(image), testing::HasSubstr("SYN_SENT"));
  });
}

TEST_P(WithoutDescriptorTest, TimeWait) {
  expect_inside([] {
    WayScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    FileDescriptor client = scene.client();
    FileDescriptor child = accept_socket(listener.get());
    listener.reset();
    child.reset();
    client.reset();
    ASSERT_TRUE(Scene::shows(TcpState::time_wait));
    const Image image = cut_twice(scene, start_keeper({}));
    EXPECT_THAT(kinds_of(image), testing::HasSubstr("TIME_WAIT"));
  });
}

TEST_P(WithoutDescriptorTest, FinWait2OfNobody) {
  expect_inside([] {
    WayScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    FileDescriptor client = scene.client();
    accept_socket(listener.get());
    listener.reset();
    ASSERT_TRUE(Scene::shows(TcpState::fin_wait2));
    const Image image = cut_twice(scene, start_keeper({}));
    EXPECT_THAT(kinds_of(image), testing::HasSubstr("FIN_WAIT2"));
  });
}

TEST_P(WithoutDescriptorTest, Request) {
  expect_inside([] {
    WayScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    FileDescriptor client;
    {
      const netns::Fault fault(netns::FaultKind::lost);  // the SYN-ACK
      client = scene.begin_client();
      ASSERT_TRUE(Scene::shows(TcpState::syn_recv));
      scene.gate.close();
    }
    ChildProcess program = start_keeper({listener.get()});
    listener.reset();
    const Image image = cut_twice(scene, std::move(program));
    EXPECT_THAT(kinds_of(image), testing::HasSubstr("SYN_RECV"));
    EXPECT_THAT(kinds_of(image), testing::HasSubstr("LISTEN"));
  });
}

// Its timer sends the SYN-ACK again after a second at the latest.
TEST_P(WithoutDescriptorTest, RequestOutlivesItsTimerBehindTheGate) {
  expect_inside([] {
    WayScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    FileDescriptor client;
    {
      const netns::Fault fault(netns::FaultKind::lost);  // the SYN-ACK
      client = scene.begin_client();
      ASSERT_TRUE(Scene::shows(TcpState::syn_recv));
      scene.gate.close();
    }
    std::string last = "no request";
    EXPECT_TRUE(poll_until(std::chrono::seconds(10), [&] {
      const auto dump = dump_tcp();
      const auto request = std::find_if(dump.begin(), dump.end(), [](const TcpDiag& one) {
        return one.state == TcpState::syn_recv || one.state == TcpState::new_syn_recv;
      });
      if (request == dump.end()) return false;
      last = fmt::format("{} retransmissions", request->retransmits);
      return request->retransmits > 0;
    })) << last;
    scene.gate.open();
    EXPECT_TRUE(Scene::comes_to(client.get(), TcpState::established));
  });
}

TEST_P(WithoutDescriptorTest, Unaccepted) {
  expect_inside([] {
    WayScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    const FileDescriptor silent = scene.client();
    const FileDescriptor talking = scene.client();
    say(talking.get(), std::string(20000, 'x'));
    const FileDescriptor closing = scene.client();
    say(closing.get(), "last words");
    shut_down_socket(closing.get(), SHUT_WR);
    FileDescriptor resetting = scene.client();
    reset(std::move(resetting));
    ASSERT_TRUE(Scene::shows(TcpState::close_wait));
    ChildProcess program = start_keeper({listener.get()});
    listener.reset();
    const Image image = cut_twice(scene, std::move(program));
    EXPECT_EQ(image.sockets.size(), 5u) << kinds_of(image);
  });
}

TEST_P(WithoutDescriptorTest, OrphanWithBytes) {
  expect_inside([] {
    WayScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    {
      const netns::Fault fault(netns::FaultKind::lost);
      FileDescriptor child = accept_socket(listener.get());
      say(child.get(), std::string(5000, 'y'));
      scene.gate.close();
      listener.reset();
    }
    ASSERT_TRUE(Scene::shows(TcpState::fin_wait1));
    const Image image = cut_twice(scene, start_keeper({}));
    EXPECT_THAT(kinds_of(image), testing::HasSubstr("FIN_WAIT1"));
    EXPECT_EQ(std::get<TcpConnection>(image.sockets.front()).send_queue, Bytes(5000, 'y'));
  });
}

TEST_P(WithoutDescriptorTest, Reset) {
  expect_inside([] {
    WayScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    FileDescriptor client = scene.client();
    FileDescriptor child = accept_socket(listener.get());
    listener.reset();
    say(client.get(), "unread");
    reset(std::move(client));
    ASSERT_TRUE(Scene::comes_to(child.get(), TcpState::close));
    ChildProcess program = start_keeper({child.get()});
    child.reset();
    const Image image = cut_twice(scene, std::move(program));
    EXPECT_EQ(std::get<TcpConnection>(image.sockets.front()).error, ECONNRESET);
  });
}

INSTANTIATE_TEST_SUITE_P(Ways, WithoutDescriptorTest,
                         testing::Values(Way{AF_INET, false}, Way{AF_INET6, false},
                                         Way{AF_INET, true}, Way{AF_INET6, true}),
                         [](const auto& way) {
                           const std::string family = way.param.family == AF_INET ? "v4" : "v6";
                           return family + (way.param.bpf ? "_bpf" : "");
                         });

}  // namespace
}  // namespace sockcr
