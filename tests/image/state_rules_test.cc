// Values that no kernel could have produced: one edit of a good connection, one message. Each goes
// through a file, as it would come from a stranger.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cerrno>

#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/tcp_rules.h"
#include "engine/image/validate.h"
#include "tests/image/file_bytes.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::EndsWith;

std::string verdict_of(const TcpConnection& c) { return verdict(encode(image_of(c))); }

struct Edit {
  void (*edit)(TcpConnection& c);
  const char* message;
};

void set_address(Address& address, int family, const char* text) {
  address.family = static_cast<std::uint16_t>(family);
  address.bytes = {};
  ::inet_pton(family, text, address.bytes.data());
}

void make_v6(TcpConnection& c) {
  c.domain = AF_INET6;
  set_address(c.local, AF_INET6, "2001:db8::1");
  set_address(c.remote, AF_INET6, "2001:db8::2");
}

constexpr Edit states[] = {
    {[](TcpConnection& c) { c.state = TcpState::syn_sent; },
     "tcp_connection.state: SYN_SENT is not a state that this version restores"},
    {[](TcpConnection& c) { c.state = TcpState::listen; },
     "tcp_connection.state: LISTEN is not a state that this version restores"},
    {[](TcpConnection& c) { c.state = TcpState::time_wait; },
     "tcp_connection.state: TIME_WAIT is not a state that this version restores"},
};

constexpr Edit ends[] = {
    {[](TcpConnection& c) { c.domain = AF_UNIX; },
     "tcp_connection.domain: 1 is neither AF_INET nor AF_INET6"},
    {[](TcpConnection& c) { c.domain = AF_INET6; },
     "tcp_connection.local: family 2 on a socket of domain 10"},
    {[](TcpConnection& c) { c.local.port = 0; }, "tcp_connection.local: 192.0.2.1:0 has no port"},
    {[](TcpConnection& c) { c.remote.port = 0; }, "tcp_connection.remote: 192.0.2.2:0 has no port"},
    {[](TcpConnection& c) { c.remote.bytes = {}; },
     "tcp_connection.remote: 0.0.0.0:7002 is unspecified"},
    {[](TcpConnection& c) {
       c.remote.bytes = {224, 0, 0, 1};
     },
     "tcp_connection.remote: 224.0.0.1:7002 is multicast"},
    {[](TcpConnection& c) {
       c.remote.bytes = {255, 255, 255, 255};
     },
     "tcp_connection.remote: 255.255.255.255:7002 is broadcast"},
    {[](TcpConnection& c) { c.remote.bytes[15] = 1; },
     "tcp_connection.remote: an IPv4 address is longer than 4 bytes"},
    {[](TcpConnection& c) { c.local.scope_id = 1; },
     "tcp_connection.local: scope 1 on an address that is not link-local"},
    {[](TcpConnection& c) {
       make_v6(c);
       set_address(c.remote, AF_INET6, "ff02::1");
     },
     "tcp_connection.remote: [ff02::1]:7002 is multicast"},
    {[](TcpConnection& c) {
       make_v6(c);
       set_address(c.remote, AF_INET6, "::");
     },
     "tcp_connection.remote: [::]:7002 is unspecified"},
    {[](TcpConnection& c) {
       make_v6(c);
       set_address(c.remote, AF_INET6, "::ffff:192.0.2.2");
     },
     "tcp_connection.remote: one end is IPv4-mapped and the other is not"},
    {[](TcpConnection& c) {
       make_v6(c);
       set_address(c.local, AF_INET6, "::ffff:224.0.0.1");
     },
     "tcp_connection.local: [::ffff:224.0.0.1]:7001 is multicast"},
};

constexpr Edit send_side[] = {
    {[](TcpConnection& c) { c.snd_nxt = c.snd_una - 1; },
     "tcp_connection.snd_nxt: -1 from snd_una, not 0..1073725440"},
    {[](TcpConnection& c) { c.snd_nxt = c.write_seq + 1; },
     "tcp_connection.write_seq: -1 from snd_nxt, not 0..1073725440"},
    {[](TcpConnection& c) { c.snd_nxt = c.snd_una + 0x7fffffff; },
     "tcp_connection.snd_nxt: 2147483647 from snd_una, not 0..1073725440"},
    {[](TcpConnection& c) { c.write_seq = c.snd_nxt + 0x7fffffff; },
     "tcp_connection.write_seq: 2147483647 from snd_nxt, not 0..1073725440"},
    {[](TcpConnection& c) { c.send_queue.pop_back(); },
     "tcp_connection.write_seq: 48 bytes lie between snd_una and write_seq, the send queue holds "
     "47"},
    {[](TcpConnection& c) { c.send_queue.clear(); },
     "tcp_connection.write_seq: 48 bytes lie between snd_una and write_seq, the send queue holds "
     "0"},
    {[](TcpConnection& c) { c.state = TcpState::last_ack; },  // the FIN takes the last number
     "tcp_connection.write_seq: 47 bytes lie between snd_una and write_seq, the send queue holds "
     "48"},
    {[](TcpConnection& c) { c.state = TcpState::fin_wait2; },
     "tcp_connection.snd_una: the FIN of FIN_WAIT2 is acknowledged, but not all before write_seq "
     "is"},
    {[](TcpConnection& c) {
       c.state = TcpState::last_ack;
       c.snd_una = c.snd_nxt = c.write_seq;
       c.send_queue.clear();
     },
     "tcp_connection.snd_una: the FIN of LAST_ACK is acknowledged, which LAST_ACK excludes"},
};

constexpr Edit receive_side[] = {
    {[](TcpConnection& c) { c.copied_seq = c.rcv_nxt + 1; },
     "tcp_connection.rcv_nxt: -1 from copied_seq, not 0..1073725440"},
    {[](TcpConnection& c) { c.copied_seq = c.rcv_nxt - 0x7fffffff; },
     "tcp_connection.rcv_nxt: 2147483647 from copied_seq, not 0..1073725440"},
    {[](TcpConnection& c) { c.receive_queue.push_back(0); },
     "tcp_connection.rcv_nxt: 13 bytes lie between copied_seq and rcv_nxt, the receive queue holds "
     "14"},
    {[](TcpConnection& c) { c.state = TcpState::established; },  // no FIN takes a number
     "tcp_connection.rcv_nxt: 14 bytes lie between copied_seq and rcv_nxt, the receive queue holds "
     "13"},
};

constexpr Edit urgent_bytes[] = {
    {[](TcpConnection& c) { c.receive_urgent = 14; },
     "tcp_connection.receive_urgent: 14, but only 13 bytes are unread"},
    {[](TcpConnection& c) { c.urgent_taken = true; },
     "tcp_connection.urgent_taken: MSG_OOB has returned a byte that is not there"},
    {[](TcpConnection& c) {
       c.owner = Owner::listener;
       c.snd_una = c.snd_nxt = c.write_seq;
       c.send_queue.clear();
       c.receive_urgent = 13;
       c.urgent_taken = true;
     },
     "tcp_connection.urgent_taken: nobody has accepted the connection, and read"},
    {[](TcpConnection& c) { c.send_urgent = 49; },
     "tcp_connection.send_urgent: 49, but the send queue holds 48 bytes"},
    {[](TcpConnection& c) {
       c.send_urgent = 48;
       c.send_urgent_unknown = true;
     },
     "tcp_connection.send_urgent_unknown: but the mark stands at 48"},
    {[](TcpConnection& c) {
       c.snd_una = c.snd_nxt = c.write_seq;
       c.send_queue.clear();
       c.send_urgent_unknown = true;
     },
     "tcp_connection.send_urgent_unknown: but without a byte there is no mark"},
};

constexpr Edit windows[] = {
    {[](TcpConnection& c) { c.negotiated.window_scaling = false; },
     "tcp_connection.window_scaling: not agreed on, yet a shift is not 0"},
    {[](TcpConnection& c) { c.window.snd_wnd = c.window.max_window + 1; },
     "tcp_connection.window.snd_wnd: 131073 is above max_window 131072"},
    {[](TcpConnection& c) { c.window.max_window = (65535u << 7) + 1; },
     "tcp_connection.window.max_window: 8388481 is above 65535 << snd_wscale 7 (RFC 7323 2.3)"},
    {[](TcpConnection& c) { c.negotiated = {.mss_clamp = 1460}; },
     "tcp_connection.window.max_window: 131072 is above 65535 << snd_wscale 0 (RFC 7323 2.3)"},
    {[](TcpConnection& c) { c.window.rcv_wnd = (65535u << 14) + 1; },
     "tcp_connection.window.rcv_wnd: 1073725441 is above 1073725440 (RFC 7323 2.3)"},
    {[](TcpConnection& c) { c.window.rcv_wup = c.rcv_nxt + 1; },
     "tcp_connection.window.rcv_wup: rcv_nxt lies -1 from it, not 0..1073725440 "
     "(TCP_REPAIR_WINDOW: EINVAL)"},
    {[](TcpConnection& c) { c.window.snd_wl1 = c.rcv_nxt + c.window.rcv_wnd + 1; },
     "tcp_connection.window.snd_wl1: 65255 is after rcv_nxt + rcv_wnd (TCP_REPAIR_WINDOW: "
     "EINVAL)"},
};

constexpr Edit options[] = {
    {[](TcpConnection& c) {
       c.signed_peers = {{end_at(AF_INET, "192.0.2.2", 1), 32}};
     },
     "tcp_connection.signed_peer: 192.0.2.2:1 of family 2 is no host"},
    {[](TcpConnection& c) { c.signed_peers.resize(2); },
     "tcp_connection.signed_peer: 0.0.0.0/32 stands here twice"},
    {[](TcpConnection& c) { c.filter.code = {0, 0, 0, 0, 0, 0, 0, 0}; },
     "tcp_connection.filter: its last instruction is no return"},
    {[](TcpConnection& c) { c.file.flags = static_cast<StatusFlags>(1); },
     "tcp_connection.file.flags: 01 is nothing that F_SETFL takes of a socket"},
    {[](TcpConnection& c) { c.options.push_back(c.options[0]); },
     "tcp_connection.option: level 6 number 1 stands here twice"},
    {[](TcpConnection& c) {
       for (int n = 0; n < 1025; ++n) c.options.push_back({6, 100 + n, {}});
     },
     "tcp_connection.option: 1027 options, a socket has at most 1024"},
};

void expect_refusals(std::span<const Edit> edits) {
  ASSERT_EQ(verdict_of(sample_connection()), "accepted");
  for (const Edit& edit : edits) {
    TcpConnection c = sample_connection();
    edit.edit(c);
    EXPECT_THAT(verdict_of(c), EndsWith(edit.message));
    EXPECT_THROW(validate(image_of(c)), ImageError) << edit.message;
  }
}

TEST(StateRules, OnlyStatesThatAreRestored) { expect_refusals(states); }
TEST(StateRules, OnlyAddressesThatCanBeAnEnd) { expect_refusals(ends); }
TEST(StateRules, SendSideAgreesWithItsQueue) { expect_refusals(send_side); }
TEST(StateRules, ReceiveSideAgreesWithItsQueue) { expect_refusals(receive_side); }
TEST(StateRules, UrgentBytesStandInTheirQueues) { expect_refusals(urgent_bytes); }
TEST(StateRules, WindowsAreThoseOfAKernel) { expect_refusals(windows); }
TEST(StateRules, OptionsStandOnce) { expect_refusals(options); }

// In kind_rules_test.cc.
bool is_seen_elsewhere(const Rule<TcpConnection>& rule) {
  TcpConnection orphan = sample_connection(), child = orphan, reset = orphan;
  orphan.owner = Owner::nobody;
  orphan.listener = 1;
  child.owner = Owner::listener;
  child.filter.code = {6, 0, 0, 0, 0, 0, 0, 0};
  reset.error = ECONNRESET;
  return !rule.broken(orphan).empty() || !rule.broken(child).empty() || !rule.broken(reset).empty();
}

// A rule that no edit above breaks is a rule that nobody has seen fail.
TEST(StateRules, EveryRuleHasBeenSeenToFail) {
  for (const Rule<TcpConnection>& rule : rules<TcpConnection>()) {
    bool seen = is_seen_elsewhere(rule);
    for (const auto& table : {std::span<const Edit>(states), std::span<const Edit>(ends),
                              std::span<const Edit>(send_side), std::span<const Edit>(receive_side),
                              std::span<const Edit>(windows), std::span<const Edit>(options),
                              std::span<const Edit>(urgent_bytes)}) {
      for (const Edit& edit : table) {
        TcpConnection c = sample_connection();
        edit.edit(c);
        seen |= !rule.broken(c).empty();
      }
    }
    EXPECT_TRUE(seen) << "rule " << &rule - rules<TcpConnection>().data() << " on "
                      << rule_of(rule.attribute).name;
  }
}

TEST(StateRules, ASocketInCloseMayHaveForgottenItsPeer) {
  TcpConnection c = sample_connection();
  c.state = TcpState::close;
  c.remote = {};
  c.send_queue.clear();
  c.snd_una = c.snd_nxt = c.write_seq;
  EXPECT_EQ(verdict_of(c), "accepted");
}

TEST(StateRules, AnApplicationMayHaveReadTheEndOfFile) {
  TcpConnection c = sample_connection();
  c.copied_seq = c.rcv_nxt;
  c.receive_queue.clear();
  EXPECT_EQ(verdict_of(c), "accepted");
}

TEST(StateRules, FieldsInMemoryAreHeldAgainstTheTableToo) {
  TcpConnection c = sample_connection();
  c.negotiated.snd_wscale = 40;
  try {
    validate(image_of(c));
    FAIL() << "accepted";
  } catch (const ImageError& refusal) {
    EXPECT_STREQ(
        refusal.what(),
        "image refused: socket 1: tcp_connection.snd_wscale: 40 is above 14 (RFC 7323 2.3)");
    EXPECT_FALSE(refusal.offset().has_value());
  }
}

TEST(ImageRules, NoDescriptorHoldsTwoSockets) {
  Image image = sample_image();
  image.sockets.emplace_back(sample_connection());
  image.where.push_back(image.where[0]);
  EXPECT_THAT(verdict(encode(image)),
              EndsWith("socket_circumstance.holder: descriptor 7 of process 42 holds two sockets"));
  image.where[1].holders[0].descriptor = 8;
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

}  // namespace
}  // namespace sockcr
