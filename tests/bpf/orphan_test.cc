// Orphans with 100 kB: their bytes lie in fragments of pages, some sent and some not.
#include <gtest/gtest.h>
#include <algorithm>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/tcp/orphan.h"
#include "tests/bpf/paths.h"

namespace sockcr {
namespace {

class OrphanTest : public PathTest {};

// Written in pieces of many lengths, so that buffers and fragments begin anywhere.
void say_in_pieces(int socket, const std::string& words) {
  std::size_t length = 1;
  for (std::size_t at = 0; at < words.size(); at += length) {
    length = length * 3 % 9973 + 1;
    say(socket, words.substr(at, length));
  }
}

struct OrphanScene {
  PathScene scene;
  std::string words = telling_bytes(100'000);
  FileDescriptor client;

  // `state`: that of the orphan, when the gate has closed.
  OrphanScene(Path path, TcpState state) : scene(path) {
    const FileDescriptor listener = scene.listen();
    client = scene.client();
    FileDescriptor child = accept_socket(listener.get());
    set_option(child.get(), option::send_buffer, 1 << 20);
    if (state == TcpState::last_ack) {
      shut_down_socket(client.get(), SHUT_WR);
      EXPECT_TRUE(Scene::comes_to(child.get(), TcpState::close_wait));
    }
    const netns::Fault fault(netns::FaultKind::lost);
    say_in_pieces(child.get(), words);
    child.reset();
    if (state == TcpState::closing) shut_down_socket(client.get(), SHUT_WR);
    EXPECT_TRUE(Scene::shows(state));
    scene.gate.close();
  }
};

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::optional<TcpConnection> seen_orphan(const TcpDiag& found) {
  const auto reader = open_reader();
  reader->look();
  std::string why_not;
  auto orphan = reader->orphan(found.local, found.remote, why_not);
  EXPECT_EQ(why_not, "");
  return orphan;
}

std::optional<TcpDiag> with_port(const std::vector<TcpDiag>& dump, std::uint16_t remote_port) {
  const auto found = std::find_if(
      dump.begin(), dump.end(), [&](const TcpDiag& one) { return one.remote.port == remote_port; });
  return found == dump.end() ? std::nullopt : std::optional(*found);
}

void compare_with_drain(Path path, TcpState state) {
  OrphanScene it(path, state);
  const TcpDiag found = the_one_in(state);
  const auto seen = seen_orphan(found);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(text_of(seen->send_queue) == it.words);
  EXPECT_GT(sent_bytes(*seen), 0u);
  EXPECT_GT(unsent_bytes(*seen), 0u);
  Prober prober(&it.scene.gate, "a test");
  const TcpConnection drained = drain_orphan(found, prober, it.scene.gate);
  EXPECT_EQ(differences_in_words(*seen, drained), "");
}

TEST_P(OrphanTest, FinWait1) {
  expect_inside([] { compare_with_drain(GetParam(), TcpState::fin_wait1); });
}
TEST_P(OrphanTest, Closing) {
  expect_inside([] { compare_with_drain(GetParam(), TcpState::closing); });
}
TEST_P(OrphanTest, LastAck) {
  expect_inside([] { compare_with_drain(GetParam(), TcpState::last_ack); });
}

// In the middle of a buffer: of a small one the kernel keeps the bytes that are acknowledged, of
// one of many segments it does not (tcp_tso_acked).
TEST_P(OrphanTest, AcknowledgedInPart) {
  expect_inside([] {
    OrphanScene it(GetParam(), TcpState::fin_wait1);
    const TcpDiag found = the_one_in(TcpState::fin_wait1);
    const auto whole = seen_orphan(found);
    ASSERT_TRUE(whole);
    Prober prober(&it.scene.gate, "a test");
    for (const std::uint32_t acknowledged : {2, 700}) {
      prober.forge({found.local, found.remote},
                   {.seq = whole->rcv_nxt, .ack = whole->snd_una + acknowledged, .window = 65535});
      const auto rest = seen_orphan(found);
      ASSERT_TRUE(rest);
      EXPECT_EQ(rest->snd_una, whole->snd_una + acknowledged);
      EXPECT_TRUE(text_of(rest->send_queue) == it.words.substr(acknowledged)) << acknowledged;
    }
  });
}

// More than the kernel hands out at once, so that it shows one of them again. Each takes one chunk,
// and there is none to spare.
TEST_P(OrphanTest, ManyAtOnce) {
  expect_inside([] {
    PathScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    std::vector<FileDescriptor> clients, children;
    for (std::size_t i = 0; i < 300; ++i) {
      clients.push_back(scene.client());
      children.push_back(accept_socket(listener.get()));
    }
    scene.gate.close();
    for (std::size_t i = 0; i < children.size(); ++i) {
      say(children[i].get(), telling_bytes(100 + 10 * i));
    }
    children.clear();
    const auto reader = open_reader();
    reader->look();
    reader->look();  // begins where the first one began
    const std::vector<TcpDiag> dump = dump_tcp();
    for (std::size_t i = 0; i < clients.size(); ++i) {
      std::string why_not;
      const auto found = with_port(dump, from_sockaddr(local_address(clients[i].get())).port);
      ASSERT_TRUE(found) << i;
      const auto orphan = reader->orphan(found->local, found->remote, why_not);
      ASSERT_TRUE(orphan) << i << ": " << why_not;
      EXPECT_TRUE(text_of(orphan->send_queue) == telling_bytes(100 + 10 * i)) << i;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Paths, OrphanTest, testing::Values(Path::v4, Path::v6, Path::mapped),
                         [](const auto& path) { return to_text(path.param); });

}  // namespace
}  // namespace sockcr
