// What a program has set at random, in any order, is what the second capture of a unix socket
// reads.
#include <gtest/gtest.h>

#include "scenarios/language/legal_options.h"
#include "scenarios/language/option_sweep.h"
#include "tests/engine/unix_world.h"

namespace sockcr {
namespace {

using UnixOptionsTest = UnixTypeTest;

void set_at_random(int socket, scenario::Draw& draw) {
  scenario::set_options(socket, scenario::draw_options(scenario::nature_of(socket), "lo",
                                                       scenario::Leave::nothing, draw));
}

TEST_P(UnixOptionsTest, KeepsWhatAProgramHasSetInAnyOrder) {
  expect_inside([] {
    constexpr unsigned first_seed = 1, seeds = 40;
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      scenario::Draw draw(seed);
      Ends ends = unix_pair(GetParam());
      set_at_random(ends.one.get(), draw);
      set_at_random(ends.other.get(), draw);
      const scenario::OptionSweep seen = scenario::sweep_options(ends.one.get());
      std::vector<FileDescriptor> sockets;
      sockets.push_back(std::move(ends.one));
      sockets.push_back(std::move(ends.other));
      const Cut done = cut(sockets);
      ASSERT_EQ(differences_between(done.image, image_of(done.sockets)), "");
      ASSERT_EQ(scenario::differences_between(seen, scenario::sweep_options(done.sockets.front())),
                "");
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Types, UnixOptionsTest,
                         testing::Values(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), type_name);

}  // namespace
}  // namespace sockcr
