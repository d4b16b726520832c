#include "engine/image/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "tests/image/change.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const std::vector<Difference>& found) {
  std::vector<std::string> list;
  for (const Difference& one : found) list.push_back(one.name);
  return list;
}

const std::vector<Socket>& all_kinds_of_sockets() {
  static const std::vector<Socket> sockets = all_kinds_image().sockets;
  return sockets;
}

TEST(Diff, OfASocketAndItselfIsEmpty) {
  for (const Socket& socket : all_kinds_of_sockets()) {
    EXPECT_THAT(differences(socket, socket), IsEmpty());
  }
}

TEST(Diff, NamesEachFieldThatDiffersAndNoOther) {
  for (const Socket& socket : all_kinds_of_sockets()) {
    for (const Attribute attribute : fields_of(socket)) {
      const auto changed = with_changed(socket, attribute);
      if (!changed) continue;
      ASSERT_FALSE(*changed == socket) << rule_of(attribute).name;
      const std::string name(rule_of(attribute).name);
      EXPECT_THAT(names(differences(socket, *changed)), ElementsAre(testing::StartsWith(name)));
    }
  }
}

TEST(Diff, TheTableAndTheFieldsAreTheSameList) {
  for (const Socket& socket : all_kinds_of_sockets()) {
    std::set<Attribute> rows;
    for (const AttributeRule& rule : table::attributes) {
      if (rule.scopes.contains(scope_of(socket))) rows.insert(rule.number);
    }
    const std::vector<Attribute> fields = fields_of(socket);
    EXPECT_EQ(std::set<Attribute>(fields.begin(), fields.end()), rows) << name_of(scope_of(socket));
  }
}

TEST(Diff, OfDifferentKindsIsTheKind) {
  const auto& all = all_kinds_of_sockets();
  const Difference kind{"kind", "tcp_request", "tcp_connection"};
  EXPECT_THAT(differences(all[all_kinds::request], all[all_kinds::child]), ElementsAre(kind));
  EXPECT_THAT(beyond_tolerance(all[all_kinds::request], all[all_kinds::child]), ElementsAre(kind));
}

TEST(Diff, TellsWhereQueuesPart) {
  TcpConnection b = sample_connection();
  b.send_queue[20] = '!';
  b.receive_queue.pop_back();
  EXPECT_THAT(differences(sample_connection(), b),
              ElementsAre(Difference{"receive_queue", "13 bytes, from byte 12: 4d",
                                     "12 bytes, from byte 12: end"},
                          Difference{"send_queue", "48 bytes, from byte 20: 75767778797a6162",
                                     "48 bytes, from byte 20: 2176777879"
                                     "7a6162"}));
}

TEST(Diff, TellsOptionsThatOneSideLacks) {
  TcpConnection b = sample_connection();
  b.options.pop_back();
  EXPECT_THAT(differences(sample_connection(), b),
              ElementsAre(Difference{"option[1:9]", "01000000", "absent"}));
  EXPECT_THAT(differences(b, sample_connection()),
              ElementsAre(Difference{"option[1:9]", "absent", "01000000"}));
}

TEST(Diff, LongValuesAreAbbreviatedInText) {
  EXPECT_EQ(to_text(Difference{"snd_nxt", "1000", "1001"}), "snd_nxt: 1000 -> 1001");
  EXPECT_EQ(to_text(Difference{"window.extension", "", std::string(65, 'a')}),
            "window.extension: (empty) -> " + std::string(64, 'a') + "...");
}

}  // namespace
}  // namespace sockcr
