#include "pcap/flow.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "pcap/decode.h"
#include "pcap/stall.h"
#include "tests/pcap/frames.h"
#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using std::chrono::microseconds;

Conversation conversation(const Tape& tape) { return Hearing(tape.evidence()).conversation; }

TEST(Conversation, CountsOffsetsFromTheIsnAcrossTheWrap) {
  const Conversation found = conversation(Tape());
  EXPECT_EQ(found.segments.size(), 15U);
  const Segment& news = found.segments.at(8);
  EXPECT_EQ(news.tcp.seq, 0xfffffffeU);  // the wrap is within its payload
  EXPECT_EQ(news.begin, 6);
  EXPECT_EQ(news.end, 12);
  EXPECT_EQ(news.ack, 6);
  EXPECT_EQ(found.segments.back().begin, 13);
}

TEST(Conversation, GoesOnAtAnotherAddressOfOurs) {
  Evidence evidence = Tape().evidence();
  const std::size_t all = Hearing(evidence).conversation.segments.size();
  const Endpoint was = evidence.ours.endpoint;
  evidence.ours.endpoint.port += 1;
  EXPECT_TRUE(Hearing(evidence).conversation.segments.empty());
  evidence.ours.former = {was};
  EXPECT_EQ(Hearing(evidence).conversation.segments.size(), all);
}

TEST(Conversation, UnwrapsBeyondFourGigabytes) {
  Tape tape;
  std::string last = "last_ack";
  for (std::int64_t step = 1; step <= 6; ++step) {
    const std::string label = "far" + std::to_string(step);
    tape.after(last, {.label = label, .seq = step << 30, .ack = 12, .payload = "!"});
    last = label;
  }
  EXPECT_EQ(conversation(tape).segments.back().begin, std::int64_t{6} << 30);
}

TEST(Conversation, ReadsTheOffers) {
  Tape tape(Tape::Family::v6);
  Conversation found = conversation(tape);
  EXPECT_TRUE(found.timestamps());
  EXPECT_EQ(found.window_shift(Side::ours), 7U);
  EXPECT_EQ(found.ours_offer.max_segment, 1460);
  EXPECT_TRUE(found.peer_offer.sack_permitted);
  EXPECT_EQ(found.right_edge(found.segments.at(0)), 500);
  EXPECT_EQ(found.right_edge(found.segments.at(2)), 1 + (500 << 7));
  tape.at("syn_ack").stamped = false;
  EXPECT_FALSE(conversation(tape).timestamps());
}

TEST(Conversation, WithoutASynStartsAtTheFirstNumber) {
  Tape tape;
  for (const char* label : {"syn", "syn_ack", "ack"}) tape.remove(label);
  const Conversation found = conversation(tape);
  EXPECT_FALSE(found.ours_offer.syn_seen);
  EXPECT_EQ(found.segments.front().begin, 1);
  EXPECT_EQ(found.segments.front().ack, 1);
}

TEST(Conversation, LeavesOthersAndBrokenSegmentsOut) {
  Tape tape;
  tape.at("news").wrong_tcp_checksum = true;
  Evidence evidence = tape.evidence();
  EXPECT_EQ(Hearing(evidence).conversation.segments.size(), 14U);
  evidence.peer.endpoint.port = 7003;
  EXPECT_EQ(Hearing(evidence).conversation.segments.size(), 0U);
}

TEST(StreamOf, PutsTheBytesTogether) {
  Tape tape;
  const Stream ours = stream_of(conversation(tape), Side::ours);
  EXPECT_EQ(ours.bytes, bytes("helloand on"));
  EXPECT_EQ(ours.fin, 12);
  EXPECT_EQ(ours.beyond, 13);
  EXPECT_FALSE(ours.hole);
  EXPECT_EQ(stream_of(conversation(tape), Side::peer).bytes, bytes("worldagain"));
}

TEST(StreamOf, StopsAtAHole) {
  Tape tape;
  tape.remove("hello");
  const Stream ours = stream_of(conversation(tape), Side::ours);
  EXPECT_TRUE(ours.bytes.empty());
  EXPECT_EQ(ours.hole, 1);
}

TEST(Stall, LastsToTheFirstNewByteOfOurs) {
  // gate-open, resumed, news: two packets of 1 ms behind.
  EXPECT_EQ(stall(Tape().evidence()), microseconds(2000));
}

TEST(Stall, IsNotEndedByWhatThePeerHad) {
  Tape tape;
  Entry again = tape.at("hello");
  again.label = "hello2";
  tape.after("resumed", again);
  tape.after("hello2", tape.at("world_ack"));
  EXPECT_EQ(stall(tape.evidence()), microseconds(4000));
}

TEST(Stall, IsEndedByAFin) {
  Tape tape;
  tape.remove("news");
  EXPECT_EQ(stall(tape.evidence()), microseconds(5000));
  tape.remove("fin");
  EXPECT_EQ(stall(tape.evidence()), std::nullopt);
}

TEST(Stall, NeedsAnOpenGate) {
  Tape tape;
  tape.remove("gate-open");
  EXPECT_EQ(stall(tape.evidence()), std::nullopt);
}

TEST(SequenceSpace, KeepsTheFirstValueOfAPlace) {
  SequenceSpace space;
  EXPECT_EQ(space.put(-1, 'a'), std::nullopt);
  EXPECT_EQ(space.put(-1, 'b'), 'a');
  EXPECT_EQ(space.put(std::int64_t{1} << 40, SequenceSpace::fin), std::nullopt);
  EXPECT_EQ(space.at(-1), 'a');
  EXPECT_EQ(space.at(-2), std::nullopt);
  EXPECT_EQ(space.at(4095), std::nullopt);
}

TEST(EndpointOf, ShowsMappedAddressesAsTheWireDoes) {
  sockaddr_storage storage{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(7001);
  inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr);
  EXPECT_EQ(to_text(endpoint_of(storage)), "192.0.2.1.7001");
  inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
  EXPECT_EQ(to_text(endpoint_of(storage)), "2001:db8::1.7001");
  storage.ss_family = AF_UNIX;
  EXPECT_THROW(endpoint_of(storage), std::invalid_argument);
}

}  // namespace
}  // namespace sockcr::pcap::test
