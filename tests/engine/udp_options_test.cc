// What a program has set at random, in any order, is what the second capture of a UDP socket reads.
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/options/table.h"
#include "scenarios/language/legal_options.h"
#include "scenarios/language/option_sweep.h"
#include "tests/engine/udp_world.h"

namespace sockcr {
namespace {

using UdpOptionsTest = UdpTest;

// A socket of mapped addresses cannot be told to have none.
void set_at_random(int socket, const Flavour& f, scenario::Draw& draw) {
  auto options =
      scenario::draw_options(scenario::nature_of(socket), "lo", scenario::Leave::nothing, draw);
  std::erase_if(options, [&](const scenario::SetOption& one) {
    return f.mapped && one.name == "IPV6_V6ONLY";
  });
  scenario::set_options(socket, options);
}

TEST_P(UdpOptionsTest, KeepsWhatAProgramHasSetInAnyOrder) {
  expect_inside([] {
    constexpr unsigned first_seed = 1, seeds = 60;
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      scenario::Draw draw(seed);
      Forger forger;
      FileDescriptor original = make_udp(GetParam());
      set_at_random(original.get(), GetParam(), draw);
      if (seed % 4 != 0) bind_to(original.get(), loopback(GetParam()));
      const scenario::OptionSweep seen = scenario::sweep_options(original.get());
      const UdpSocket before = captured_udp(original.get());
      original.reset();
      const auto performer = built(before, forger);
      ASSERT_EQ(differences_between(before, captured_udp(performer->socket())), "");
      ASSERT_EQ(scenario::differences_between(seen, scenario::sweep_options(performer->socket())),
                "");
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, UdpOptionsTest, every_flavour(),
                         [](const auto& one) { return to_text(one.param); });

// SO_RCVPRIORITY came with Linux 6.14.
TEST(OptionTable, MissesNothingThatANewerKernelHadAndNobodyUsed) {
  constexpr int receive_priority = 82;
  const OptionValue off{SOL_SOCKET, receive_priority, {0, 0, 0, 0}};
  const OptionValue on{SOL_SOCKET, receive_priority, {1, 0, 0, 0}};
  EXPECT_TRUE(without_defaults({off}, {}).empty());
  EXPECT_EQ(without_defaults({on}, {}).size(), 1u);
  EXPECT_EQ(without_defaults({off}, {on}).size(), 1u);
}

}  // namespace
}  // namespace sockcr
