#include "engine/image/show.h"

#include <gtest/gtest.h>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/image/fields.h"
#include "engine/image/json.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

TEST(Show, ReadsLikeSsAndTcpdump) {
  EXPECT_EQ(show(sample_image()),
            R"(image 0123456789abcdef, format 1, 1 socket
  taken       2023-11-14 22:13:20.123456789 UTC
  kernel      6.1.0-13-amd64
  boot        11111111-2222-3333-4444-555555555555, 12.345678901 s after it

tcp 192.0.2.1:7001 > 192.0.2.2:7002 CLOSE_WAIT
  send        snd_una 4294967280, snd_nxt 16 [+32], write_seq 32 [+48]; unacked 32, unsent 16
              length 48  6162636465666768696a6b6c6d6e6f70...  abcdefghijklmnop...
  receive     copied_seq 1000, rcv_nxt 1014 [+14]; unread 13, FIN received
              length 13  4142434445464748494a4b4c4d  ABCDEFGHIJKLM
  window      snd_wnd:65536 max_window:131072 rcv_wnd:64240  snd_wl1 1013 [+13], rcv_wup 1000 [+0]
              extension 01020304
  handshake   mss:1460 wscale:7,10 sack ts (clock -2 ms)
  options     6/1=01000000 1/9=01000000
  held by     ino:54321 (pid=42,fd=7,cloexec)
)");
}

TEST(Show, TellsWhereTheFinIs) {
  TcpConnection c = sample_connection();
  c.state = TcpState::last_ack;
  ++c.write_seq;
  EXPECT_NE(show(Socket(c)).find("unacked 32, unsent 16, FIN unsent"), std::string::npos);
  c.snd_nxt = c.write_seq;
  EXPECT_NE(show(Socket(c)).find("unacked 48, unsent 0, FIN unacked"), std::string::npos);
  c.state = TcpState::close;
  c.snd_una = c.write_seq;
  EXPECT_NE(show(Socket(c)).find("unacked 0, unsent 0, FIN acked"), std::string::npos);
}

TEST(Show, HasABlockForEachKind) {
  Image image = all_kinds_image();
  for (const auto place : {all_kinds::reset, all_kinds::orphan, all_kinds::child,
                           all_kinds::established}) {  // connections, shown above and below
    image.sockets.erase(image.sockets.begin() + place);
    image.where.erase(image.where.begin() + place);
  }
  const std::string text = show(image);
  EXPECT_EQ(text.substr(text.find("\n\n") + 2), R"(socket 1: tcp 192.0.2.1:7001 LISTEN
  backlog     128, place 1 of its SO_REUSEPORT group
  options     1/15=01000000
  held by     ino:54321 (pid=42,fd=3)

socket 2: tcp 192.0.2.1:7001 > 192.0.2.2:7004 SYN_RECV
  send        snt_isn 3000
  receive     rcv_isn 4000
  handshake   mss:1460 wscale:7,10 sack ts (clock +5 ms, ts_recent 78)
  waits for   the client's ACK, in socket 1

socket 3: tcp [2001:db8::1]:40001 > [2001:db8::2]:80 SYN_SENT
  send        isn 5000
  SYNs        first at 100000 ms, last 3060 ms after it; ts (clock +5 ms)
  options     6/7=04000000
  held by     ino:54325 (pid=42,fd=7)

socket 4: tcp 192.0.2.1:7001 > 192.0.2.2:7006 TIME_WAIT
  send        snd_nxt 6000
  receive     rcv_nxt 7000
  window      rcv_wnd:65536 rcv_wscale:10
  handshake   ts (clock +5 ms, ts_recent 79)
  timer       59.004 s left
  held by     nobody (time-wait)

socket 5: tcp [::]:7007 CLOSE
  options     41/26=01000000
  held by     ino:54329 (pid=42,fd=11)

socket 6: udp [::]:7008
  group       place 1 among those of its port; a program that chooses among them is not seen, and lost
  receive     3 datagrams
              [2001:db8::2]:7002 > [2001:db8::1]:7008 hlim 63, class 0xb9, flowlabel 0xabcde, by interface 2
                length 2  6869  hi
              [2001:db8::2]:7002 > [2001:db8::1]:7008 hlim 63, class 0xb9
                length 0
              [::ffff:192.0.2.2]:7002 > [::ffff:192.0.2.1]:7008 ttl 63, tos 0xb9
                length 40  6162636465666768696a6b6c6d6e6f70...  abcdefghijklmnop...
  error       pending errors, which are lost
  options     1/15=01000000
  held by     ino:54330 (pid=42,fd=12)

socket 7: udplite 192.0.2.1:7008 > 192.0.2.2:7002
  receive     0 datagrams
  shutdown    SHUT_WR
  options     136/10=08000000
  held by     ino:54331 (pid=42,fd=13)

socket 8: unix stream run/app.sock LISTEN
  node        in /srv, mode 0660, uid 7, gid 8
  backlog     5
  peer is     pid 42, uid 7, gid 8
  options     1/16=01000000
  held by     ino:54332 (pid=42,fd=14)

socket 9: unix stream @cli
  peer        socket 14
  peer is     pid 42, uid 7, gid 8
  receive     3 messages
              2 bytes
                length 2  6162  ab
              1 byte out of band
                length 1  63  c
              40 bytes, pid 43, uid 0, gid 0, with socket 1, 16
                length 40  6465666768696a6b6c6d6e6f70717273...  defghijklmnopqrs...
  shutdown    SHUT_RD
  held by     ino:54333 (pid=42,fd=15)

socket 10: unix stream run/app.sock
  node        mode 0000, uid 0, gid 0
  peer        socket 13
  peer is     pid 43, uid 0, gid 0
  receive     0 messages
  shutdown    SHUT_WR
  held by     ino:54334 (pid=42,fd=16)

socket 11: unix stream run/app.sock
  node        mode 0000, uid 0, gid 0
  peer        gone, without a name
  peer is     pid 44, uid 0, gid 0
  receive     1 message
              1 byte
                length 1  71  q
  shutdown    SHUT_RDWR
  waits for   accept in socket 12

socket 12: unix seqpacket without a name
  peer        gone, /run/gone
  receive     2 messages
              0 bytes
                length 0
              40 bytes
                length 40  707172737475767778797a7b7c7d7e7f...  pqrstuvwxyz{|}~....
  error       ECONNRESET, for SO_ERROR to tell
  shutdown    SHUT_RDWR
  held by     a message

socket 13: unix dgram without a name
  peer        socket 18
  receive     0 messages
  held by     ino:54337 (pid=42,fd=19)

socket 14: unix dgram /run/log
  node        unlinked
  receive     2 messages
              1 byte from /run/client
                length 1  6c  l
              0 bytes
                length 0
  held by     ino:54338 (pid=42,fd=20)

socket 15: udp [::]:7009
  corked      198.51.100.1:7009 > 198.51.100.2:7002 ttl 64, tos 0x00
                length 2  636f  co
  receive     1 datagram
              [::ffff:198.51.100.2]:7002 > [::ffff:239.1.0.1]:7009 ttl 63, tos 0xb9 to its group on eth0
                length 1  6d  m
  member of   239.1.0.2 on eth1 from 198.51.100.2 only
              239.1.0.1 on eth0 by 198.51.100.1
              ff15::1 on eth0 from all but 2001:db8::66
  filter      1 instructions
  held by     ino:54339 (pid=42,fd=21)

socket 16: raw 253 198.51.100.1 > 198.51.100.2
  receive     1 datagram
              198.51.100.2:0 > 198.51.100.1:0 ttl 63, tos 0xb9
                length 24  45b90018123440003ffd0000c6336402...  E....4@.?....3d....
  shutdown    SHUT_RD
  options     0/5=01000000
  held by     ino:54340 (pid=42,fd=22)

socket 17: raw 58 ::
  receive     1 datagram
              [2001:db8::2]:0 > [2001:db8::1]:0 hlim 63, class 0xb9
                length 2  8100  ..
  member of   ff15::1 on eth0
              in what order, and by which address, is not known
  error       pending errors, which are lost
  held by     ino:54341 (pid=42,fd=23)
)");
}

std::string file_shown(const OpenFile& file, std::int32_t owner_pid) {
  Image image = sample_image();
  std::get<TcpConnection>(image.sockets[0]).file = file;
  image.where[0].owner_pid = owner_pid;
  const std::string text = show(image);
  const std::size_t from = text.find("  file  ");
  return from == std::string::npos ? "nothing"
                                   : text.substr(from + 14, text.find('\n', from) - from - 14);
}

TEST(Show, TellsWhatTheOpenFileIs) {
  const auto flags = StatusFlags::nonblock | StatusFlags::async;
  EXPECT_EQ(file_shown({}, 0), "nothing");
  EXPECT_EQ(file_shown({.flags = StatusFlags::nonblock}, 0), "O_NONBLOCK");
  EXPECT_EQ(file_shown({flags, SIGUSR1, SignalOwner::process}, 42),
            "O_NONBLOCK|O_ASYNC, SIGUSR1 to process 42");
  EXPECT_EQ(file_shown({.owner = SignalOwner::group}, 7),
            "SIGIO to process group 7, which is none of the image's: lost");
  EXPECT_EQ(file_shown({.signal = 34}, 0), "signal 34 to nobody");
}

TEST(Show, TellsWhichBytesAreUrgent) {
  TcpConnection c = sample_connection();
  c.receive_urgent = 3;
  c.send_urgent = 7;
  std::string text = show(image_of(c));
  EXPECT_NE(text.find("unsent 16, urgent byte 7\n"), std::string::npos) << text;
  EXPECT_NE(text.find("FIN received, urgent byte 3\n"), std::string::npos);
  c.urgent_taken = true;
  c.send_urgent = 0;
  c.send_urgent_unknown = true;
  text = show(image_of(c));
  EXPECT_NE(text.find("unsent 16, urgent byte unknown: lost if there is one\n"), std::string::npos);
  EXPECT_NE(text.find("urgent byte 3, taken by MSG_OOB\n"), std::string::npos);
}

TEST(Show, TellsWhomAConnectionBelongsTo) {
  const std::string text = show(all_kinds_image());
  EXPECT_NE(text.find("  waits for   accept in socket 1\n"), std::string::npos);
  EXPECT_NE(text.find("  held by     nobody (orphan)\n"), std::string::npos);
  EXPECT_NE(text.find("  error       EPIPE, for SO_ERROR to tell\n"), std::string::npos);
  EXPECT_NE(text.find("ts (clock -2 ms, ts_recent 77)\n"), std::string::npos);
}

TEST(Json, HasEveryDatagram) {
  const auto document = to_json(all_kinds_image());
  const auto& queue = document["sockets"][all_kinds::udp]["queue"];
  ASSERT_EQ(queue.size(), 3u);
  EXPECT_EQ(queue[0]["payload"], "6869");
  EXPECT_EQ(queue[1]["payload"], "");
  EXPECT_EQ(queue[2]["source"]["address"], "::ffff:192.0.2.2");
}

TEST(Json, HasEveryFieldOfTheTable) {
  for (const Image& image : {sample_image(), all_kinds_image()}) {
    const nlohmann::ordered_json document = to_json(image);
    for (std::size_t i = 0; i < image.sockets.size(); ++i) {
      const auto& socket = document["sockets"][i];
      const Scope kind = scope_of(image.sockets[i]);
      EXPECT_EQ(socket["kind"], name_of(kind));
      for (const AttributeRule& rule : table::attributes) {
        const std::string name = std::string(rule.name) + (rule.occurs == Occurs::many ? "s" : "");
        if (rule.scopes.contains(kind)) {
          EXPECT_TRUE(socket.contains(name)) << name_of(kind) << " " << name;
        }
      }
    }
  }
}

TEST(Json, HasEveryFieldOfTheCircumstances) {
  const nlohmann::ordered_json document = to_json(sample_image());
  const auto& socket = document["sockets"][0];
  for (const AttributeRule& rule : table::attributes) {
    const std::string name = std::string(rule.name) + (rule.occurs == Occurs::many ? "s" : "");
    if (rule.scopes.contains(Scope::circumstance)) {
      EXPECT_TRUE(document["circumstance"].contains(name)) << name;
    }
    if (rule.scopes.contains(Scope::socket_circumstance)) {
      EXPECT_TRUE(socket["where"].contains(name)) << name;
    }
  }
}

TEST(Json, IsComplete) {
  const nlohmann::ordered_json document = to_json(sample_image());
  const auto& socket = document["sockets"][0];
  EXPECT_EQ(document["format"], 1);
  EXPECT_EQ(document["circumstance"]["image_id"], "0123456789abcdef");
  EXPECT_EQ(socket["state"], "CLOSE_WAIT");
  EXPECT_EQ(socket["local"]["address"], "192.0.2.1");
  EXPECT_EQ(socket["local"]["port"], 7001);
  EXPECT_EQ(socket["snd_una"], 0xfffffff0);
  EXPECT_EQ(socket["sack"], true);
  EXPECT_EQ(socket["receive_queue"], "4142434445464748494a4b4c4d");
  EXPECT_EQ(socket["send_queue"].get<std::string>().size(), 96u);
  EXPECT_EQ(socket["options"][1]["number"], 9);
  EXPECT_EQ(socket["where"]["holders"][0]["descriptor"], 7);
}

TEST(Show, TellsWhichProgramFilters) {
  EXPECT_EQ(to_text(SocketFilter{.code = Bytes(16)}), "2 instructions");
  EXPECT_EQ(to_text(SocketFilter{.program = 17, .program_tag = 0x0eef7357e7b4530}),
            "eBPF program 17, tag 00eef7357e7b4530");
}

}  // namespace
}  // namespace sockcr
