// What is forged to bring a socket to send may come late: on a busy machine lo leaves it to
// ksoftirqd. In LAST_ACK the socket can be gone between any two calls then, and nothing may be
// asked in its name any more: the answer would find nobody, and be met by a RST.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/restore.h"
#include "engine/sys/trace.h"
#include "tests/engine/scene.h"

namespace sockcr {
namespace {

// When the late segment comes: as soon as the socket was looked at behind that line of the trace.
struct Moment {
  std::string_view name, behind;
};

bool has_looked_behind(const Trace& trace, std::string_view what) {
  const auto& lines = trace.lines();
  const auto contains = [](std::string_view words) {
    return [words](const Trace::Line& line) { return line.text.find(words) != std::string::npos; };
  };
  const auto begun = std::find_if(lines.begin(), lines.end(), contains(what));
  return std::any_of(begun, lines.end(), contains("TCP_INFO"));
}

// In LAST_ACK: the wire has lost some of its bytes, and keeps the others and the FIN behind them.
Image image_in_last_ack(Scene& scene, const FileDescriptor& client, FileDescriptor child) {
  shut_down_socket(client.get(), SHUT_WR);
  EXPECT_TRUE(Scene::comes_to(child.get(), TcpState::close_wait));
  {
    const netns::Fault fault(netns::FaultKind::lost);
    say(child.get(), "lost, ");
    scene.gate.close();
  }
  say(child.get(), "unsent");
  shut_down_socket(child.get(), SHUT_WR);
  const ChildProcess program = start_keeper({child.get()});
  child.reset();
  return scene.take(program);
}

Segment poke_of(Restoration& restoration) {
  for (const Action& action : restoration.plans().front().resume) {
    if (const auto* poke = std::get_if<action::Poke>(&action)) return poke->segment;
  }
  ADD_FAILURE() << "nothing is forged to bring the socket to send";
  return {};
}

bool has_ended() {
  return poll_until(std::chrono::seconds(5), [] {
    const auto sockets = dump_tcp();
    return std::none_of(sockets.begin(), sockets.end(),
                        [](const TcpDiag& one) { return one.state == TcpState::last_ack; });
  });
}

// What the engine sent while the forged segment was kept from the socket until `moment`.
std::vector<std::string> sent_when_late(Restoration& restoration, const Moment& moment) {
  const Segment poke = poke_of(restoration);
  std::optional<netns::Fault> keeps(netns::FaultKind::unacked);
  Trace trace;
  trace.behind_each_call([&] {
    if (!keeps || !has_looked_behind(trace, moment.behind)) return;
    keeps.reset();
    Injector(poke.to.family).send(poke);
    EXPECT_TRUE(has_ended());
  });
  const Trace::Scope recorded(&trace);
  restoration.resume();
  EXPECT_FALSE(keeps) << "the socket was not looked at behind '" << moment.behind << "'";
  std::vector<std::string> sent;
  for (const Trace::Line& line : trace.lines()) {
    if (line.text.starts_with("sendto(")) sent.push_back(line.text);
  }
  return sent;
}

class LateSegmentTest : public testing::TestWithParam<std::tuple<int, Moment>> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

TEST_P(LateSegmentTest, NothingIsAskedOfASocketThatHasEnded) {
  expect_inside([] {
    const auto& [family, moment] = GetParam();
    Scene scene(family);
    FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    FileDescriptor child = accept_socket(listener.get());
    listener.reset();
    Restoration restoration(image_in_last_ack(scene, client, std::move(child)));
    restoration.build();
    scene.gate.open();
    EXPECT_THAT(sent_when_late(restoration, moment), testing::SizeIs(1)) << "the poke alone";
    EXPECT_EQ(hear(client.get(), 12), "lost, unsent");
  });
}

std::string name_of(const testing::TestParamInfo<std::tuple<int, Moment>>& info) {
  const auto& [family, moment] = info.param;
  return fmt::format("{}_{}", family == AF_INET6 ? "v6" : "v4", moment.name);
}

INSTANTIATE_TEST_SUITE_P(
    Moments, LateSegmentTest,
    testing::Combine(testing::Values(AF_INET, AF_INET6),
                     testing::Values(Moment{"after_the_poke", "sendto("},
                                     Moment{"after_the_first_look_of_a_question", "-- ask"})),
    name_of);

}  // namespace
}  // namespace sockcr
