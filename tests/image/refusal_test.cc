// What the attribute table says is held against every byte: one tampering, one message.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "tests/image/file_bytes.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

constexpr std::uint16_t unknown = 0x0fff, critical = 0x2000, nested = 0x8000;

const Bytes& sample_file() {
  static const Bytes file = encode(sample_image());
  return file;
}

const Bytes& kinds_file() {
  static const Bytes file = encode(all_kinds_image());
  return file;
}

struct Tampering {
  Attribute attribute;
  Bytes payload;
  const char* message;
};

TEST(Refusal, NamesTheFieldThatIsOutOfRange) {
  const Tampering tamperings[] = {
      {Attribute::snd_wscale, {15}, "tcp_connection.snd_wscale: 15 is above 14 (RFC 7323 2.3)"},
      {Attribute::rcv_wscale, {200}, "tcp_connection.rcv_wscale: 200 is above 14 (RFC 7323 2.3)"},
      {Attribute::mss_clamp,
       {0, 0},
       "tcp_connection.mss_clamp: 0 is below 1 (an option of 0 is ignored)"},
      {Attribute::state, {0}, "tcp_connection.state: 0 is below 1 (include/net/tcp_states.h)"},
      {Attribute::state, {13}, "tcp_connection.state: 13 is above 12 (include/net/tcp_states.h)"},
      {Attribute::sack, {2}, "tcp_connection.sack: 2 is above 1"},
      {Attribute::timestamps, {255}, "tcp_connection.timestamps: 255 is above 1"},
      {Attribute::window_scaling, {2}, "tcp_connection.window_scaling: 2 is above 1"},
      {Attribute::clock_microseconds, {2}, "tcp_connection.clock.microseconds: 2 is above 1"},
      {Attribute::shut_down_receive, {2}, "tcp_connection.shut_down_receive: 2 is above 1"},
      {Attribute::option_level,
       {0, 0, 0, 0x80},
       "tcp_connection.option.level: -2147483648 is below 0"},
      {Attribute::holder_descriptor,
       {0xff, 0xff, 0xff, 0xff},
       "socket_circumstance.holder.descriptor: -1 is below 0"},
      {Attribute::holder_pid,
       {0xff, 0xff, 0xff, 0xff},
       "socket_circumstance.holder.pid: -1 is below 0 (PID_MAX_LIMIT)"},
      {Attribute::holder_pid,
       {1, 0, 0x40, 0},
       "socket_circumstance.holder.pid: 4194305 is above 4194304 (PID_MAX_LIMIT)"},
      {Attribute::holder_close_on_exec,
       {2},
       "socket_circumstance.holder.close_on_exec: 2 is above 1"},
      {Attribute::monotonic_ns, Bytes(8, 0xff), "circumstance.monotonic_ns: -1 is below 0"},
      {Attribute::kernel_release,
       {0x1b},
       "circumstance.kernel_release: byte 0x1b is not printable ASCII"},
      {Attribute::queue, {3}, "queue_chunk.queue: 3 is above 2 (TCP_REPAIR_QUEUE)"},
      {Attribute::queue_offset, {1}, "queue_chunk.offset: 1, but 0 bytes come before it"},
      {Attribute::records, {9}, "end.records: 9, but 5 came before"},
      {Attribute::sockets, {2}, "end.sockets: 2, but 1 came before"},
  };
  for (const Tampering& one : tamperings) {
    const Bytes file = with_payload(sample_file(), one.attribute, one.payload);
    EXPECT_THAT(verdict(file), EndsWith(one.message));
  }
}

TEST(Refusal, NamesTheFieldOfEachKindThatIsOutOfRange) {
  const Tampering tamperings[] = {
      {Attribute::owner, {3}, "tcp_connection.owner: 3 is above 2"},
      {Attribute::error, {0, 16}, "tcp_connection.error: 4096 is above 4095 (MAX_ERRNO)"},
      {Attribute::backlog,
       {0, 0, 0, 0x80},
       "tcp_listener.backlog: 2147483648 is above 2147483647 (listen(2) takes an int)"},
      {Attribute::remaining_ms,
       {1, 0x5c, 0x26, 5},
       "tcp_time_wait.remaining_ms: 86400001 is above 86400000 (no tcp_fin_timeout is as long)"},
  };
  for (const Tampering& one : tamperings) {
    EXPECT_THAT(verdict(with_payload(kinds_file(), one.attribute, one.payload)),
                EndsWith(one.message));
  }
}

TEST(Refusal, TellsTheOffsetOfTheAttribute) {
  const std::size_t offset = find_attribute(sample_file(), Attribute::snd_wscale);
  EXPECT_EQ(verdict(with_payload(sample_file(), Attribute::snd_wscale, {15})),
            fmt::format("image refused at offset {}: tcp_connection.snd_wscale: 15 is above 14 "
                        "(RFC 7323 2.3)",
                        offset));
}

TEST(Refusal, OffsetsOfRulesAmongFieldsAreTheFields) {
  const std::size_t offset = find_attribute(sample_file(), Attribute::window_snd_wnd);
  EXPECT_EQ(verdict(with_payload(sample_file(), Attribute::window_snd_wnd, {0, 0, 3, 0})),
            fmt::format("image refused at offset {}: tcp_connection.window.snd_wnd: 196608 is "
                        "above max_window 131072",
                        offset));
}

TEST(Forward, AnUnknownAttributeIsSkippedUnlessCritical) {
  for (const Record record : {Record::circumstance, Record::tcp_connection, Record::queue_chunk,
                              Record::socket_circumstance, Record::end}) {
    EXPECT_EQ(verdict(with_attribute(sample_file(), record, unknown, {1, 2, 3})), "accepted");
    EXPECT_EQ(verdict(with_attribute(sample_file(), record, unknown | nested, {1})), "accepted");
    EXPECT_THAT(verdict(with_attribute(sample_file(), record, unknown | critical, {1, 2, 3})),
                EndsWith("4095: unknown, and marked critical: written by a later version"));
  }
}

TEST(Forward, SkippingAnAttributeChangesNothing) {
  const Bytes file = with_attribute(sample_file(), Record::tcp_connection, unknown, {1, 2, 3});
  EXPECT_EQ(encode(decode(file)), sample_file());
}

std::uint16_t type_of(Attribute attribute) {
  return static_cast<std::uint16_t>(static_cast<std::uint16_t>(attribute) | critical);
}

TEST(Refusal, AttributesStandOnceAndWhereTheyBelong) {
  const auto added = [](Record record, std::uint16_t type, const Bytes& payload) {
    return verdict(with_attribute(sample_file(), record, type, payload));
  };
  EXPECT_THAT(added(Record::tcp_connection, type_of(Attribute::sack), {1}),
              EndsWith("tcp_connection.sack: stands here twice"));
  EXPECT_THAT(added(Record::tcp_connection, type_of(Attribute::inode), Bytes(8)),
              EndsWith("tcp_connection.inode: does not belong here"));
  EXPECT_THAT(added(Record::end, type_of(Attribute::sack), {1}),
              EndsWith("end.sack: does not belong here"));
}

TEST(Refusal, AttributesHaveTheTypeAndLengthOfTheTable) {
  const auto added = [](Attribute attribute, std::uint16_t type, const Bytes& payload) {
    const Bytes without = without_attribute(sample_file(), Record::tcp_connection, attribute);
    return verdict(with_attribute(without, Record::tcp_connection, type, payload));
  };
  const Attribute sack = Attribute::sack;
  EXPECT_EQ(added(sack, type_of(sack), {1}), "accepted");
  EXPECT_THAT(added(sack, type_of(sack), {}), EndsWith("sack: 0 bytes long, not 1"));
  EXPECT_THAT(added(sack, type_of(sack), {1, 0}), EndsWith("sack: 2 bytes long, not 1"));
  EXPECT_THAT(added(sack, type_of(sack) | nested, {1}),
              EndsWith("sack: the nested bit contradicts the attribute table"));
  EXPECT_THAT(added(sack, type_of(sack) | 0x4000, {1}),
              EndsWith("sack: network byte order is not part of the format"));
  EXPECT_THAT(added(sack, static_cast<std::uint16_t>(sack), {1}),
              EndsWith("sack: the critical bit contradicts the attribute table"));
  EXPECT_THAT(added(Attribute::window_extension, type_of(Attribute::window_extension), Bytes(257)),
              EndsWith("window.extension: 257 bytes long, not 0..256"));
}

TEST(Refusal, NestedAttributesFillWholeWords) {
  const Bytes level{8, 0, 20, 0x20, 6, 0, 0, 0}, number{8, 0, 21, 0x20, 77, 0, 0, 0};
  Bytes option = level;
  option.insert(option.end(), number.begin(), number.end());
  option.insert(option.end(), {5, 0, 22, 0x20, 1});
  const auto added = [](const Bytes& payload) {
    const std::uint16_t type = type_of(Attribute::option) | nested;
    return verdict(with_attribute(sample_file(), Record::tcp_connection, type, payload));
  };
  EXPECT_THAT(added(option), EndsWith("option: its attributes do not fill whole words"));
  option.resize(24);
  EXPECT_EQ(added(option), "accepted");
}

TEST(Refusal, EveryAttributeOfAStateIsNeeded) {
  for (const Scope kind :
       {Scope::tcp_connection, Scope::tcp_listener, Scope::tcp_syn_sent, Scope::tcp_request,
        Scope::tcp_time_wait, Scope::tcp_unconnected, Scope::udp_socket, Scope::datagram,
        Scope::raw_socket, Scope::unix_socket, Scope::unix_message}) {
    for (const AttributeRule& rule : table::attributes) {
      if (!rule.scopes.contains(kind) || rule.occurs != Occurs::once) continue;
      const Bytes file = without_attribute(kinds_file(), record_of(kind), rule.number);
      EXPECT_THAT(verdict(file),
                  EndsWith(fmt::format("{}.{}: is missing", name_of(kind), rule.name)));
    }
  }
}

TEST(Forward, WhatCameLaterMayBeMissingAndIsThenZero) {
  Image image = sample_image();
  auto& c = std::get<TcpConnection>(image.sockets[0]);
  c.ts_recent = 77;
  const Bytes file = without_attribute(encode(image), Record::tcp_connection, Attribute::ts_recent);
  EXPECT_EQ(encode(decode(file)), sample_file());
}

TEST(Forward, AnOlderReaderRefusesWhatItCannotRestoreAndSkipsWhatItCanDoWithout) {
  for (const Attribute later : {Attribute::owner, Attribute::listener, Attribute::error}) {
    EXPECT_TRUE(rule_of(later).critical) << rule_of(later).name;
  }
  EXPECT_FALSE(rule_of(Attribute::ts_recent).critical);
}

TEST(Refusal, PaddingIsZero) {
  Bytes file = sample_file();
  file[find_attribute(file, Attribute::sack) + 5] = 1;
  fix_sums(file);
  EXPECT_THAT(verdict(file), EndsWith("its padding is not zero"));
}

TEST(Refusal, HeadersOfRecordsAreZeroButForLengthAndType) {
  for (const std::size_t field : {6, 8, 12}) {  // flags, seq, pid
    Bytes file = sample_file();
    file[find_record(file, Record::tcp_connection) + field] = 1;
    fix_sums(file);
    EXPECT_THAT(verdict(file), EndsWith("flags, seq and pid are zero in an image"));
  }
}

Bytes with_record_type(std::uint16_t type) {
  Bytes file = sample_file();
  const std::size_t offset = find_record(file, Record::queue_chunk);
  file[offset + 4] = static_cast<std::uint8_t>(type);
  file[offset + 5] = static_cast<std::uint8_t>(type >> 8);
  fix_sums(file);
  return file;
}

TEST(Forward, AnUnknownRecordIsSkippedUnlessCritical) {
  EXPECT_THAT(verdict(with_record_type(unknown)),
              HasSubstr("bytes lie between copied_seq and rcv_nxt"));  // the chunk was skipped
  EXPECT_THAT(verdict(with_record_type(unknown | critical)),
              EndsWith("record 4095: unknown, and marked critical: written by a later version"));
}

TEST(Refusal, RecordsStandInTheirOrder) {
  const auto retyped = [](Record record) {
    return verdict(with_record_type(static_cast<std::uint16_t>(record) | critical));
  };
  EXPECT_THAT(retyped(Record::circumstance), EndsWith("circumstance: stands here twice"));
  EXPECT_THAT(retyped(Record::tcp_connection), EndsWith("the socket before it is not complete"));
  EXPECT_THAT(retyped(Record::end), EndsWith("end.queue: does not belong here"));
}

TEST(Refusal, RecordsStandWhereTheirSocketIs) {
  EXPECT_THAT(verdict(without_record(sample_file(), Record::circumstance)),
              EndsWith("circumstance: does not come first"));
  EXPECT_THAT(verdict(without_record(sample_file(), Record::socket_circumstance)),
              EndsWith("end: the last socket is not complete"));
  EXPECT_THAT(verdict(without_record(sample_file(), Record::end)),
              EndsWith("end: is missing: the file was cut short"));
  EXPECT_THAT(verdict(with_record_again(sample_file(), Record::queue_chunk, Record::end)),
              EndsWith("queue_chunk: belongs to no socket"));
  EXPECT_THAT(verdict(with_record_again(sample_file(), Record::socket_circumstance, Record::end)),
              EndsWith("socket_circumstance: belongs to no socket"));
  EXPECT_THAT(
      verdict(with_record_again(kinds_file(), Record::queue_chunk, Record::socket_circumstance)),
      EndsWith("queue_chunk: a tcp_listener has no queues"));
}

TEST(Refusal, OffsetsAreThoseOfTheRightSocket) {
  Image two = sample_image();
  TcpConnection bad = sample_connection();
  bad.window.snd_wnd = bad.window.max_window + 1;
  two.sockets.emplace_back(bad);
  two.where.push_back({.inode = 2, .holders = {}});
  // The second state record begins where the end record of an image of one stood.
  const Bytes& one = sample_file();
  const std::size_t first = find_record(one, Record::end);
  EXPECT_THROW(
      {
        try {
          decode(encode(two));
        } catch (const ImageError& refusal) {
          EXPECT_GT(refusal.offset().value_or(0), first);
          EXPECT_EQ(refusal.attribute(), "window.snd_wnd");
          throw;
        }
      },
      ImageError);
}

TEST(Refusal, LengthsOfRecordsAreWholeWords) {
  Bytes file = sample_file();
  ++file[find_record(file, Record::circumstance)];
  fix_sums(file);
  EXPECT_THAT(verdict(file), EndsWith("not a multiple of 4 from 16 to 16777216"));
}

TEST(Refusal, ForeignFilesAndVersionsAreNamed) {
  EXPECT_EQ(verdict({}), "image refused at offset 0: magic: not an image of a socket");
  EXPECT_EQ(verdict(Bytes(100, 'x')), "image refused at offset 0: magic: not an image of a socket");
  Bytes later = sample_file();
  later[7] = 2;
  EXPECT_EQ(verdict(later), "image refused at offset 7: magic.version: 2, this program reads 1");
}

}  // namespace
}  // namespace sockcr
