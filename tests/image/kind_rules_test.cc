// Values that no kernel could have produced, of the kinds that are not an ordinary connection: one
// edit of a good image, one message. Each goes through a file, as it would come from a stranger.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cerrno>

#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/tcp_rules.h"
#include "engine/image/validate.h"
#include "tests/image/file_bytes.h"
#include "tests/image/kind_edits.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::EndsWith;

constexpr Edit listeners[] = {
    {[](Image& i) { listener(i).domain = AF_UNIX; },
     "tcp_listener.domain: 1 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { listener(i).domain = AF_INET6; },
     "tcp_listener.local: family 2 on a socket of domain 10"},
    {[](Image& i) { listener(i).local.port = 0; }, "tcp_listener.local: 192.0.2.1:0 has no port"},
    {[](Image& i) { listener(i).backlog = 1u << 31; },
     "tcp_listener.backlog: 2147483648 is above 2147483647 (listen(2) takes an int)"},
    {[](Image& i) { repeat_first(listener(i).options); },
     "tcp_listener.option: level 1 number 15 stands here twice"},
    {[](Image& i) {
       listener(i).signed_peers = {{end_at(AF_INET, "192.0.2.2", 0), 33}};
     },
     "tcp_listener.signed_peer: 33 bits"},
};

constexpr Edit unconnected_ones[] = {
    {[](Image& i) { unconnected(i).domain = 0; },
     "tcp_unconnected.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { unconnected(i).local = end_at(AF_INET6, "ff02::1", 1); },
     "tcp_unconnected.local: [ff02::1]:1 is multicast (bind: EINVAL)"},
    {[](Image& i) { repeat_first(unconnected(i).options); },
     "tcp_unconnected.option: level 41 number 26 stands here twice"},
};

constexpr Edit clients[] = {
    {[](Image& i) { syn_sent(i).domain = 0; },
     "tcp_syn_sent.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { syn_sent(i).local.port = 0; },
     "tcp_syn_sent.local: [2001:db8::1]:0 has no port"},
    {[](Image& i) { syn_sent(i).remote.bytes = {}; },
     "tcp_syn_sent.remote: [::]:80 is unspecified"},
    {[](Image& i) { syn_sent(i).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 80); },
     "tcp_syn_sent.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { syn_sent(i).isn = 0; }, "tcp_syn_sent.isn: 0 means that none was chosen"},
    {[](Image& i) { syn_sent(i).last_syn = syn_sent(i).first_syn - 1; },
     "tcp_syn_sent.last_syn: -1 ticks from first_syn, not 0..600000"},
    {[](Image& i) { syn_sent(i).last_syn = syn_sent(i).first_syn + 600'001; },
     "tcp_syn_sent.last_syn: 600001 ticks from first_syn, not 0..600000"},
    {[](Image& i) {
       syn_sent(i).clock.microseconds = true;
       syn_sent(i).last_syn = syn_sent(i).first_syn + 600'000'001;
     },
     "tcp_syn_sent.last_syn: 600000001 ticks from first_syn, not 0..600000000"},
    {[](Image& i) { repeat_first(syn_sent(i).options); },
     "tcp_syn_sent.option: level 6 number 7 stands here twice"},
};

constexpr auto unknown_flag = static_cast<StatusFlags>(0100);

constexpr Edit open_files[] = {
    {[](Image& i) { established(i).file.flags = unknown_flag; },
     "tcp_connection.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { listener(i).file.flags = unknown_flag; },
     "tcp_listener.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { syn_sent(i).file.flags = unknown_flag; },
     "tcp_syn_sent.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { unconnected(i).file.flags = unknown_flag; },
     "tcp_unconnected.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { udp(i).file.flags = unknown_flag | StatusFlags::nonblock; },
     "udp_socket.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { raw(i).file.flags = unknown_flag; },
     "raw_socket.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { at<UnixSocket>(i, all_kinds::unix_client).file.flags = unknown_flag; },
     "unix_socket.file.flags: 0100 is nothing that F_SETFL takes of a socket"},
    {[](Image& i) { established(i).file.signal = 65; },
     "tcp_connection.file.signal: 65 is above 64 (_NSIG)"},
    {[](Image& i) { established(i).file.owner = static_cast<SignalOwner>(4); },
     "tcp_connection.file.owner: 4 is above 3"},
    {[](Image& i) { established(i).file.owner = SignalOwner::process; },
     "socket_circumstance.owner_pid: 0 is no process"},
    {[](Image& i) { i.where[all_kinds::established].owner_pid = 42; },
     "socket_circumstance.owner_pid: 42, yet nobody owns the socket"},
    {[](Image& i) { i.where[all_kinds::time_wait].owner_pid = 42; },
     "socket_circumstance.owner_pid: 42, yet nobody owns the socket"},
    {[](Image& i) {
       established(i).file.owner = SignalOwner::group;
       i.where[all_kinds::established].owner_pid = 4194305;
     },
     "socket_circumstance.owner_pid: 4194305 is above 4194304 (PID_MAX_LIMIT)"},
    {[](Image& i) { child(i).file.flags = StatusFlags::nonblock; },
     "tcp_connection.file.flags: nobody has accepted the connection: there is no open file"},
    {[](Image& i) { orphan(i).file.signal = 1; },
     "tcp_connection.file.flags: the connection is an orphan: there is no open file"},
    {[](Image& i) { at<UnixSocket>(i, all_kinds::unix_waiting).file.flags = StatusFlags::async; },
     "unix_socket.file.flags: nobody has accepted the connection: there is no open file"},
};

constexpr Edit requests[] = {
    {[](Image& i) { request(i).domain = 0; },
     "tcp_request.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { request(i).local.bytes = {}; },
     "tcp_request.local: 0.0.0.0:7001 is unspecified"},
    {[](Image& i) { request(i).remote.port = 0; }, "tcp_request.remote: 192.0.2.2:0 has no port"},
    {[](Image& i) {
       request(i).domain = AF_INET6;
       request(i).local = end_at(AF_INET6, "2001:db8::1", 7001);
       request(i).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7004);
     },
     "tcp_request.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { request(i).snt_isn = 0; }, "tcp_request.snt_isn: 0 means that none was chosen"},
    {[](Image& i) { request(i).negotiated.window_scaling = false; },
     "tcp_request.window_scaling: not agreed on, yet a shift is not 0"},
    {[](Image& i) { request(i).negotiated.rcv_wscale = 15; },
     "tcp_request.rcv_wscale: 15 is above 14 (RFC 7323 2.3)"},
};

constexpr Edit time_waits[] = {
    {[](Image& i) { time_wait(i).state = TcpState::fin_wait1; },
     "tcp_time_wait.state: FIN_WAIT1 is neither TIME_WAIT nor FIN_WAIT2"},
    {[](Image& i) { time_wait(i).domain = 0; },
     "tcp_time_wait.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { time_wait(i).local.port = 0; }, "tcp_time_wait.local: 192.0.2.1:0 has no port"},
    {[](Image& i) { time_wait(i).remote.bytes = {}; },
     "tcp_time_wait.remote: 0.0.0.0:7006 is unspecified"},
    {[](Image& i) {
       time_wait(i).domain = AF_INET6;
       time_wait(i).local = end_at(AF_INET6, "2001:db8::1", 7001);
       time_wait(i).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7006);
     },
     "tcp_time_wait.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { time_wait(i).window = 65536u << 10; },
     "tcp_time_wait.window: 67108864 is above 65535 << rcv_wscale 10 (RFC 7323 2.3)"},
    {[](Image& i) { ++time_wait(i).window; },
     "tcp_time_wait.window: 65537 is not a multiple of 1 << rcv_wscale 10"},
    {[](Image& i) { time_wait(i).remaining_ms = 86'400'001; },
     "tcp_time_wait.remaining_ms: 86400001 is above 86400000 (no tcp_fin_timeout is as long)"},
};

constexpr Edit resets[] = {
    {[](Image& i) { reset(i).error = -1; }, "tcp_connection.error: -1 is below 0 (MAX_ERRNO)"},
    {[](Image& i) { established(i).error = ECONNRESET; },
     "tcp_connection.error: 104 in CLOSE_WAIT: it would have ended the connection"},
    {[](Image& i) { ++reset(i).write_seq; },
     "tcp_connection.write_seq: 1 from snd_una, but error 32 has emptied the send queue"},
    {[](Image& i) { reset(i).send_queue.push_back(0); },
     "tcp_connection.write_seq: 0 bytes lie between snd_una and write_seq, the send queue holds 1"},
    {[](Image& i) { reset(i).error = ECONNRESET; },  // no FIN came before, a number is left over
     "tcp_connection.rcv_nxt: 14 bytes lie between copied_seq and rcv_nxt, the receive queue holds "
     "13"},
};

constexpr Edit owners[] = {
    {[](Image& i) { child(i).owner = static_cast<Owner>(3); },
     "tcp_connection.owner: 3 is above 2"},
    {[](Image& i) { established(i).listener = 1; },
     "tcp_connection.listener: 1, but the connection belongs to a program"},
    {[](Image& i) { orphan(i).listener = 1; },
     "tcp_connection.listener: 1, but the connection belongs to nobody"},
    {[](Image& i) {
       child(i).state = TcpState::last_ack;
       ++child(i).write_seq;
     },
     "tcp_connection.owner: a connection in LAST_ACK has been accepted"},
    {[](Image& i) { child(i).state = TcpState::close; },
     "tcp_connection.owner: a connection in CLOSE has been accepted"},
    {[](Image& i) { orphan(i).state = TcpState::close_wait; },
     "tcp_connection.owner: no orphan is in CLOSE_WAIT"},
    {[](Image& i) { orphan(i).state = TcpState::close; },
     "tcp_connection.owner: no orphan is in CLOSE"},
    {[](Image& i) {
       child(i).send_queue = {1};
       ++child(i).write_seq;
     },
     "tcp_connection.owner: bytes were written before anybody accepted the connection"},
    {[](Image& i) {
       orphan(i).receive_queue = {1};
       orphan(i).copied_seq = orphan(i).rcv_nxt - 2;
     },
     "tcp_connection.owner: an orphan has 1 bytes unread, its program would have reset it"},
};

constexpr Edit queues[] = {
    {[](Image& i) { request(i).listener = 0; },
     "tcp_request.listener: 0, but the image has sockets 1..21"},
    {[](Image& i) { request(i).listener = 22; },
     "tcp_request.listener: 22, but the image has sockets 1..21"},
    {[](Image& i) { request(i).listener = 2; },
     "tcp_request.listener: socket 2 is a tcp_connection"},
    {[](Image& i) { child(i).listener = 0; },
     "tcp_connection.listener: 0, but the image has sockets 1..21"},
    {[](Image& i) { ++child(i).local.port; },
     "tcp_connection.listener: socket 1, tcp 192.0.2.1:7001 LISTEN, does not take what comes to "
     "192.0.2.1:7002"},
    {[](Image& i) { request(i).local.bytes[3] = 9; },
     "tcp_request.listener: socket 1, tcp 192.0.2.1:7001 LISTEN, does not take what comes to "
     "192.0.2.9:7001"},
    {[](Image& i) {
       listener(i).domain = AF_INET6;
       listener(i).local = end_at(AF_INET6, "::", 7001);
     },
     "tcp_connection.listener: socket 1, tcp [::]:7001 LISTEN, does not take what comes to "
     "192.0.2.1:7001"},
    {[](Image& i) {
       listener(i).domain = request(i).domain = AF_INET6;
       listener(i).local = end_at(AF_INET6, "::ffff:0.0.0.0", 7001);
       request(i).local = end_at(AF_INET6, "2001:db8::1", 7001);
       request(i).remote = end_at(AF_INET6, "2001:db8::2", 7004);
       i.sockets[all_kinds::child] = i.sockets[all_kinds::established];
     },
     "tcp_request.listener: socket 1, tcp [::ffff:0.0.0.0]:7001 LISTEN, does not take what comes "
     "to [2001:db8::1]:7001"},
};

constexpr Edit holders[] = {
    {[](Image& i) { hold(i, all_kinds::request); },
     "socket_circumstance.holder: a request has no descriptor, yet descriptor 3 of process 9 is "
     "one"},
    {[](Image& i) { hold(i, all_kinds::time_wait); },
     "socket_circumstance.holder: a time-wait socket has no descriptor, yet descriptor 3 of "
     "process 9 is one"},
    {[](Image& i) { hold(i, all_kinds::child); },
     "socket_circumstance.holder: nobody has accepted the connection, yet descriptor 3 of process "
     "9 is one"},
    {[](Image& i) { hold(i, all_kinds::orphan); },
     "socket_circumstance.holder: the connection is an orphan, yet descriptor 3 of process 9 is "
     "one"},
};

std::vector<std::span<const Edit>> all_edits() {
  std::vector<std::span<const Edit>> all = edits_of_datagrams();
  for (const std::span<const Edit> edits : edits_of_unix_sockets()) all.push_back(edits);
  all.insert(all.end(), {listeners, unconnected_ones, clients, open_files, requests, time_waits,
                         resets, owners, queues, holders});
  return all;
}

TEST(KindRules, RefuseWhatNoKernelCouldHaveProduced) {
  ASSERT_EQ(verdict(encode(all_kinds_image())), "accepted");
  for (const auto& edits : all_edits()) {
    for (const Edit& edit : edits) {
      Image image = all_kinds_image();
      edit.edit(image);
      EXPECT_THAT(verdict(encode(image)), EndsWith(edit.message));
      EXPECT_THROW(validate(image), ImageError) << edit.message;
    }
  }
}

template <class Kind>
bool some_edit_breaks(const Rule<Kind>& rule) {
  for (const auto& edits : all_edits()) {
    for (const Edit& edit : edits) {
      Image image = all_kinds_image();
      edit.edit(image);
      for (const Socket& socket : image.sockets) {
        const auto* const kind = std::get_if<Kind>(&socket);
        if (kind != nullptr && !rule.broken(*kind).empty()) return true;
      }
    }
  }
  return false;
}

template <class Kind>
class RulesOf : public testing::Test {};
using Kinds = testing::Types<TcpListener, TcpSynSent, TcpRequest, TcpTimeWait, TcpUnconnected,
                             UdpSocket, RawSocket, UnixSocket>;
TYPED_TEST_SUITE(RulesOf, Kinds);

// A rule that no edit above breaks is a rule that nobody has seen fail.
TYPED_TEST(RulesOf, EachHasBeenSeenToFail) {
  ASSERT_FALSE(rules<TypeParam>().empty());
  for (const Rule<TypeParam>& rule : rules<TypeParam>()) {
    EXPECT_TRUE(some_edit_breaks(rule))
        << "rule " << &rule - rules<TypeParam>().data() << " on " << rule_of(rule.attribute).name;
  }
}

TEST(KindRules, AWildcardListenerTakesWhatComesToItsPort) {
  Image image = all_kinds_image();
  listener(image).local.bytes = {};
  EXPECT_EQ(verdict(encode(image)), "accepted");
  ++listener(image).local.port;
  EXPECT_THAT(verdict(encode(image)), EndsWith("tcp 0.0.0.0:7002 LISTEN, does not take what comes "
                                               "to 192.0.2.1:7001"));
}

TEST(KindRules, AListenerOfBothFamiliesTakesMappedClients) {
  Image image = all_kinds_image();
  listener(image).domain = child(image).domain = request(image).domain = AF_INET6;
  child(image).local = request(image).local = end_at(AF_INET6, "::ffff:192.0.2.1", 7001);
  child(image).remote = request(image).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7004);
  for (const char* const wildcard : {"::", "::ffff:0.0.0.0"}) {
    listener(image).local = end_at(AF_INET6, wildcard, 7001);
    EXPECT_EQ(verdict(encode(image)), "accepted") << wildcard;
  }
}

TEST(KindRules, AListenerMayStandBehindWhatWaitsInItsQueue) {
  Image image = all_kinds_image();
  std::swap(image.sockets[all_kinds::listener], image.sockets[all_kinds::unconnected]);
  child(image).listener = request(image).listener = all_kinds::unconnected + 1;
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

// bind(2) takes them; a program may have done it.
TEST(KindRules, AnIPv4SocketMayBeBoundToMulticast) {
  Image image = all_kinds_image();
  unconnected(image) = {.domain = AF_INET, .local = end_at(AF_INET, "224.0.0.1", 0), .options = {}};
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

TEST(KindRules, AClientMayBeResetBeforeAnybodyAcceptsIt) {
  Image image = all_kinds_image();
  child(image).state = TcpState::close;
  child(image).error = EPIPE;
  child(image).remote = {};
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

TEST(KindRules, OffsetsInAQueueAreThoseOfTheListenersNumber) {
  Image image = all_kinds_image();
  child(image).listener = 2;
  const Bytes file = encode(image);
  EXPECT_EQ(verdict(file), "image refused at offset " +
                               std::to_string(find_attribute(file, Attribute::listener)) +
                               ": tcp_connection.listener: socket 2 is a tcp_connection");
}

TEST(KindRules, InMemoryTheSocketIsNamed) {
  Image image = all_kinds_image();
  request(image).listener = 2;
  try {
    validate(image);
    FAIL() << "accepted";
  } catch (const ImageError& refusal) {
    EXPECT_STREQ(refusal.what(),
                 "image refused: socket 4: tcp_request.listener: socket 2 is a tcp_connection");
  }
}

// Reset connections of every error that SO_ERROR can tell.
TEST(KindRules, AResetMayHaveComeBeforeAFin) {
  for (const int error : {ECONNRESET, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ECONNABORTED}) {
    Image image = all_kinds_image();
    reset(image).error = error;
    --reset(image).rcv_nxt;
    EXPECT_EQ(verdict(encode(image)), "accepted") << error;
  }
}

}  // namespace
}  // namespace sockcr
