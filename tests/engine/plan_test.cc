#include "engine/tcp/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/image/validate.h"
#include "engine/sys/error.h"
#include "engine/tcp/rebuild.h"
#include "tests/engine/paper_kernel.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum TcpState;

enum class Fin { none, unsent, in_flight, acked };

struct Numbers {
  TcpState state;
  Fin fin;
  std::uint32_t sent, unsent, unread;
};

// Everything that is queued lies across the end of the sequence space when `near_wrap`.
TcpConnection connection_with(const Numbers& n, bool near_wrap) {
  TcpConnection c = sample_connection();
  c.options.clear();
  c.state = n.state;
  const bool queued_fin = n.fin == Fin::unsent || n.fin == Fin::in_flight;
  c.snd_una = near_wrap ? 0u - (n.sent + 1) : 5000;
  c.snd_nxt = c.snd_una + n.sent + (n.fin == Fin::in_flight ? 1 : 0);
  c.write_seq = c.snd_una + n.sent + n.unsent + (queued_fin ? 1 : 0);
  c.send_queue = pattern(n.sent + n.unsent, 'a');
  c.copied_seq = near_wrap ? 0u - n.unread : 9000;
  c.rcv_nxt = c.copied_seq + n.unread + (has_received_fin(n.state) ? 1 : 0);
  c.receive_queue = pattern(n.unread, 'A');
  c.window.snd_wl1 = c.window.rcv_wup = c.rcv_nxt;
  c.window.extension.clear();
  return c;
}

// Each state with each place that its FIN can be in, and what can be queued then.
std::vector<Numbers> all_numbers() {
  std::vector<Numbers> all;
  for (const std::uint32_t unread : {0U, 1U, 5000U}) {
    for (const TcpState state : {established, close_wait}) {
      for (const std::uint32_t sent : {0U, 1U, 3000U}) {
        for (const std::uint32_t unsent : {0U, 1U, 7000U}) {
          all.push_back({state, Fin::none, sent, unsent, unread});
        }
      }
    }
    for (const TcpState state : {fin_wait1, last_ack, closing}) {
      for (const std::uint32_t sent : {0U, 1U, 3000U}) {
        all.push_back({state, Fin::in_flight, sent, 0, unread});
        for (const std::uint32_t unsent : {0U, 1U, 7000U}) {
          all.push_back({state, Fin::unsent, sent, unsent, unread});
        }
      }
    }
    all.push_back({fin_wait2, Fin::acked, 0, 0, unread});
    all.push_back({close, Fin::acked, 0, 0, unread});
  }
  return all;
}

std::string text_of(const Numbers& n, bool near_wrap) {
  constexpr const char* places[] = {"no FIN", "FIN unsent", "FIN in flight", "FIN acked"};
  return std::string(to_text(n.state)) + ", " + places[static_cast<int>(n.fin)] + ", sent " +
         std::to_string(n.sent) + ", unsent " + std::to_string(n.unsent) + ", unread " +
         std::to_string(n.unread) + (near_wrap ? ", wrapping" : "");
}

void expect_plan_leads_to(const TcpConnection& c) {
  PaperKernel kernel;
  kernel.perform(plan_build(c, {c.clock, {}}));
  TcpConnection wanted = c;
  wanted.options.clear();
  wanted.owner = Owner::program;
  wanted.send_urgent_unknown = false;
  if (wanted.error == ETIMEDOUT) wanted.error = ECONNRESET;
  wanted.listener = wanted.ts_recent = 0;  // forged segments carry no time stamps
  if (!wanted.negotiated.timestamps) wanted.clock = {};
  EXPECT_EQ(kernel.connection(), wanted);
  EXPECT_TRUE(kernel.in_repair());
}

TEST(Plan, BuildLeadsToEveryPlaceOfTheFin) {
  for (const Numbers& numbers : all_numbers()) {
    for (const bool near_wrap : {false, true}) {
      SCOPED_TRACE(text_of(numbers, near_wrap));
      const TcpConnection c = connection_with(numbers, near_wrap);
      ASSERT_FALSE(find_fault(Socket(c))) << find_fault(Socket(c))->reason;
      expect_plan_leads_to(c);
    }
  }
}

TEST(Plan, BuildLeadsToWhateverAKernelCouldHaveProduced) {
  Dice dice(20261120);
  for (int round = 0; round < 500; ++round) {
    SCOPED_TRACE(round);
    const TcpConnection c = random_connection(dice);
    ASSERT_FALSE(find_fault(Socket(c)));
    if (c.error == ECONNREFUSED) continue;  // never ESTABLISHED
    expect_plan_leads_to(c);
    if (HasFailure()) return;
  }
}

// In front, in the middle, at the end; taken or not; sent or not; with a FIN behind it and without.
TEST(Plan, BuildLeadsToEveryPlaceOfTheUrgentByte) {
  for (const TcpState state : {established, close_wait}) {
    for (const bool near_wrap : {false, true}) {
      for (const std::uint32_t urgent : {1U, 2U, 50U, 100U}) {
        TcpConnection c = connection_with({state, Fin::none, 50, 50, 100}, near_wrap);
        SCOPED_TRACE(urgent);
        c.receive_urgent = c.send_urgent = urgent;
        expect_plan_leads_to(c);
        c.urgent_taken = true;
        expect_plan_leads_to(c);
        c.window.rcv_wnd = 0;  // full: the segment that bears the byte finds room all the same
        expect_plan_leads_to(c);
      }
    }
  }
}

// The right edge before the peer's FIN is the right edge behind it.
TEST(Plan, WindowBeforeTheFinHasTheSameRightEdge) {
  for (const bool near_wrap : {false, true}) {
    const TcpConnection c = connection_with({close_wait, Fin::none, 0, 0, 100}, near_wrap);
    PaperKernel kernel;
    kernel.perform(plan_build(c, {c.clock, {}}));
    ASSERT_EQ(kernel.windows().size(), 2u);
    const Window& first = kernel.windows().front();
    EXPECT_EQ(first.rcv_wup, c.rcv_nxt - 1);
    EXPECT_EQ(first.rcv_wnd, c.window.rcv_wnd + 1);
    EXPECT_EQ(first.rcv_wup + first.rcv_wnd, c.window.rcv_wup + c.window.rcv_wnd);
  }
}

TEST(Plan, WindowThatReachesBackStaysAsItIs) {
  TcpConnection c = connection_with({close_wait, Fin::none, 0, 0, 100}, false);
  c.window.rcv_wup = c.rcv_nxt - 1;
  PaperKernel kernel;
  kernel.perform(plan_build(c, {c.clock, {}}));
  EXPECT_EQ(kernel.windows().front(), c.window);
}

TEST(Plan, NeverGivesAnUnknownExtensionToAWindowThatIsNotTheImages) {
  TcpConnection c = connection_with({close_wait, Fin::none, 0, 0, 100}, false);
  c.window.extension = {1, 2, 3, 4};
  PaperKernel kernel;
  kernel.perform(plan_build(c, {c.clock, {}}));
  EXPECT_TRUE(kernel.windows().front().extension.empty());
  EXPECT_EQ(kernel.windows().back(), c.window);
}

TEST(Plan, MovesLeadToStates) {
  using enum Move;
  EXPECT_THAT(moves_to(established), ElementsAre());
  EXPECT_THAT(moves_to(close_wait), ElementsAre(forge_fin));
  EXPECT_THAT(moves_to(last_ack), ElementsAre(forge_fin, shut_down));
  EXPECT_THAT(moves_to(fin_wait1), ElementsAre(shut_down));
  EXPECT_THAT(moves_to(fin_wait2), ElementsAre(shut_down, forge_ack));
  EXPECT_THAT(moves_to(closing), ElementsAre(shut_down, forge_fin));
  EXPECT_THAT(moves_to(close), ElementsAre(forge_fin, shut_down, forge_ack));
  for (const TcpState state : {syn_sent, syn_recv, new_syn_recv, time_wait, listen}) {
    EXPECT_THROW(moves_to(state), Unsupported) << to_text(state);
  }
}

std::vector<std::string> texts(const Plan& plan) {
  std::vector<std::string> all;
  std::transform(plan.begin(), plan.end(), std::back_inserter(all),
                 [](const Action& action) { return to_text(action); });
  return all;
}

std::vector<std::string> resume_of(const Numbers& numbers, std::uint32_t snd_wnd = 65536,
                                   std::uint32_t ack_owed = 0) {
  TcpConnection c = connection_with(numbers, true);
  c.window.snd_wnd = snd_wnd;
  c.window.rcv_wup -= ack_owed;
  return texts(plan_resume(c));
}

constexpr const char* quietly = "leave repair mode without a window probe";
constexpr const char* with_probe = "leave repair mode with a window probe";
constexpr const char* ask = "ask the peer what it has";

TEST(Plan, ResumeSaysNothingWhereNothingIsDue) {
  for (const TcpState state : {established, close_wait}) {
    EXPECT_THAT(resume_of({state, Fin::none, 0, 0, 9}), ElementsAre(quietly)) << to_text(state);
  }
  EXPECT_THAT(resume_of({fin_wait2, Fin::acked, 0, 0, 9}), ElementsAre(quietly));
  EXPECT_THAT(resume_of({close, Fin::acked, 0, 0, 9}, 65536, 1), ElementsAre(quietly));
}

TEST(Plan, ResumeSendsAgainWhatIsInFlight) {
  EXPECT_THAT(resume_of({established, Fin::none, 30, 0, 0}),
              ElementsAre(quietly, "send 30 bytes once more in our own name"));
  EXPECT_THAT(resume_of({close_wait, Fin::none, 30, 70, 0}),
              ElementsAre(quietly, "send 30 bytes once more in our own name"));
  for (const TcpState state : {fin_wait1, closing}) {
    EXPECT_THAT(resume_of({state, Fin::in_flight, 30, 0, 0}),
                ElementsAre(quietly, "send 30 bytes and the FIN once more in our own name"));
    EXPECT_THAT(resume_of({state, Fin::in_flight, 0, 0, 0}),
                ElementsAre(quietly, "send 0 bytes and the FIN once more in our own name"));
    EXPECT_THAT(resume_of({state, Fin::unsent, 30, 0, 0}),
                ElementsAre(quietly, "send 30 bytes once more in our own name"));
  }
  // Although the window is closed: it was open when they were sent.
  EXPECT_THAT(resume_of({established, Fin::none, 30, 5, 0}, 0),
              ElementsAre(quietly, "send 30 bytes once more in our own name"));
}

TEST(Plan, ResumeOfLastAckLetsTheSocketSendByItselfWhereItCan) {
  EXPECT_THAT(resume_of({last_ack, Fin::in_flight, 30, 0, 0}),
              ElementsAre(quietly, ask, "send 30 bytes and the FIN once more in our own name"));
  EXPECT_THAT(resume_of({last_ack, Fin::unsent, 0, 30, 0}),
              ElementsAre(quietly, HasSubstr("poke ")));
  EXPECT_THAT(
      resume_of({last_ack, Fin::unsent, 10, 30, 0}),
      ElementsAre(quietly, HasSubstr("poke "), ask, "send 10 bytes once more in our own name"));
}

TEST(Plan, ResumePokesWhatIsUnsent) {
  EXPECT_THAT(resume_of({established, Fin::none, 0, 30, 0}),
              ElementsAre(quietly, HasSubstr("Flags [.]")));
  EXPECT_THAT(resume_of({fin_wait1, Fin::unsent, 0, 0, 0}),
              ElementsAre(quietly, HasSubstr("Flags [.]")));
}

TEST(Plan, ResumeProbesAClosedWindow) {
  EXPECT_THAT(resume_of({established, Fin::none, 0, 30, 0}, 0), ElementsAre(with_probe));
}

TEST(Plan, ResumePaysTheAckThatIsOwed) {
  EXPECT_THAT(resume_of({established, Fin::none, 0, 0, 9}, 65536, 9),
              ElementsAre(quietly, "send 0 bytes once more in our own name"));
}

TEST(Plan, OurWindowFieldNeverRetractsTheEdge) {
  TcpConnection c = connection_with({established, Fin::none, 0, 0, 100}, true);
  for (std::uint8_t scale = 0; scale <= 14; ++scale) {
    for (const std::uint32_t rcv_wnd : {0U, 1U, 99U, 100U, 101U, 1023U, 64240U, 65535U}) {
      for (const std::uint32_t owed : {0U, 1U, 100U}) {
        c.negotiated.rcv_wscale = scale;
        c.window.rcv_wnd = rcv_wnd;
        c.window.rcv_wup = c.rcv_nxt - owed;
        const Sequence edge = c.window.rcv_wup + rcv_wnd;
        const Sequence told = c.rcv_nxt + (std::uint32_t{our_window_field(c)} << scale);
        EXPECT_FALSE(before(told, edge)) << int{scale} << " " << rcv_wnd << " " << owed;
        const Sequence farthest = before(edge, c.rcv_nxt) ? c.rcv_nxt : edge;
        EXPECT_LT(told - farthest, 1U << scale) << int{scale} << " " << rcv_wnd << " " << owed;
      }
    }
  }
}

TEST(Plan, WindowFieldsEndAtSixteenBits) {
  TcpConnection c = connection_with({established, Fin::none, 0, 0, 0}, false);
  c.negotiated.rcv_wscale = c.negotiated.snd_wscale = 0;
  c.window.rcv_wnd = c.window.snd_wnd = 70'000;
  EXPECT_EQ(our_window_field(c), 65535);
  EXPECT_EQ(peer_window_field(c), 65535);
  c.negotiated.snd_wscale = 7;
  EXPECT_EQ(peer_window_field(c), 70'000 >> 7);
}

TEST(Plan, ReadsAsASentencePerAction) {
  const TcpConnection c = connection_with({last_ack, Fin::unsent, 2, 3, 4}, false);
  TcpConnection options = c;
  options.options = {{IPPROTO_TCP, 1, {1, 0, 0, 0}}};
  EXPECT_THAT(
      texts(plan_build(options, {c.clock, {}})),
      ElementsAre("make a TCP/IPv4 socket", "enter repair mode", "bind to 192.0.2.1:7001",
                  "the receive queue begins at 9000", "the send queue begins at 5000",
                  "limit the MSS to 1460", "connect to 192.0.2.2:7002 without a handshake",
                  "limit the MSS to 0", "negotiated: MSS 1460, wscale 7,10, SACK, time stamps",
                  "time-stamp clock at offset 4294967294", "write TCP_NODELAY",
                  "4 bytes into the receive queue", "2 bytes into the send queue",
                  "window: snd_wnd 65536, rcv_wnd 64241 from rcv_wup 9004",
                  "forge 192.0.2.2:7002 > 192.0.2.1:7001: Flags [F.], seq 9004, ack 5000, "
                  "win 512, length 0",
                  "write 3 unsent bytes into the closed gate",
                  "shut down for writing, the FIN counts as unsent",
                  "window: snd_wnd 65536, rcv_wnd 64240 from rcv_wup 9005",
                  "verify the state reached"));
}

TEST(Plan, AnUrgentByteComesBetweenWhatStandsAroundIt) {
  TcpConnection c = connection_with({established, Fin::none, 4, 6, 10}, false);
  c.receive_urgent = 3;
  c.urgent_taken = true;
  c.send_urgent = 5;
  const std::vector<std::string> all = texts(plan_build(c, {c.clock, {}}));
  EXPECT_THAT(std::vector(all.begin() + 10, all.end()),
              ElementsAre("2 bytes into the receive queue",
                          "window: snd_wnd 65536, rcv_wnd 64248 from rcv_wup 9002",
                          "forge 192.0.2.2:7002 > 192.0.2.1:7001: Flags [PU.], seq 9002, ack 5000, "
                          "win 512, urg 0, length 1",
                          "take the urgent byte", "7 bytes into the receive queue",
                          "4 bytes into the send queue",
                          "window: snd_wnd 65536, rcv_wnd 64240 from rcv_wup 9010",
                          "write 6 unsent bytes into the closed gate, byte 1 urgent",
                          "window: snd_wnd 65536, rcv_wnd 64240 from rcv_wup 9010",
                          "verify the state reached"));
}

TEST(Plan, MappedAddressesAreAllowedAndForgedAsIPv4) {
  TcpConnection c = connection_with({close_wait, Fin::none, 0, 0, 0}, false);
  c.domain = AF_INET6;
  for (Address* address : {&c.local, &c.remote}) {
    const Address v4 = *address;
    address->family = AF_INET6;
    address->bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::copy_n(v4.bytes.begin(), 4, address->bytes.begin() + 12);
  }
  const Plan plan = plan_build(c, {c.clock, {}});
  EXPECT_EQ(texts(plan)[1], "allow mapped addresses");
  for (const Action& action : plan) {
    if (const auto* forge = std::get_if<action::Forge>(&action)) {
      EXPECT_EQ(forge->segment.from.family, AF_INET);
      EXPECT_EQ(forge->segment.to.family, AF_INET);
    }
  }
}

}  // namespace
}  // namespace sockcr
