// Every row of TCP_INFO: what must be the same behind a cut is told, and what may differ is not.
#include "scenarios/language/handshake_text.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#ifndef TCPI_OPT_USEC_TS
#define TCPI_OPT_USEC_TS 64
#endif

namespace sockcr::scenario {
namespace {

tcp_info usual() {
  tcp_info info{};
  info.tcpi_options = TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE;
  info.tcpi_snd_wscale = 7;
  info.tcpi_rcv_wscale = 10;
  info.tcpi_snd_mss = 1448;
  info.tcpi_pmtu = 1500;
  return info;
}

struct Row {
  std::string name;
  std::function<void(tcp_info&)> change;
};

std::string name_of(const testing::TestParamInfo<Row>& row) { return row.param.name; }

void toggle(tcp_info& info, unsigned option) {
  info.tcpi_options = static_cast<__u8>(info.tcpi_options ^ option);
}

class Kept : public testing::TestWithParam<Row> {};
class Declared : public testing::TestWithParam<Row> {};

TEST(HandshakeText, TellsWhatWasAgreedOn) {
  EXPECT_EQ(handshake_text(usual()), "ts sack wscale:7,10 mss 1448, pmtu 1500");
}

TEST_P(Kept, IsTold) {
  tcp_info info = usual();
  GetParam().change(info);
  EXPECT_NE(handshake_text(info), handshake_text(usual()));
}

TEST_P(Declared, IsNotTold) {
  tcp_info info = usual();
  GetParam().change(info);
  EXPECT_EQ(handshake_text(info), handshake_text(usual()));
}

INSTANTIATE_TEST_SUITE_P(
    TcpInfo, Kept,
    testing::Values(Row{"timestamps", [](tcp_info& i) { toggle(i, TCPI_OPT_TIMESTAMPS); }},
                    Row{"microseconds", [](tcp_info& i) { toggle(i, TCPI_OPT_USEC_TS); }},
                    Row{"sack", [](tcp_info& i) { toggle(i, TCPI_OPT_SACK); }},
                    Row{"window_scaling", [](tcp_info& i) { toggle(i, TCPI_OPT_WSCALE); }},
                    Row{"snd_wscale", [](tcp_info& i) { i.tcpi_snd_wscale = 8; }},
                    Row{"rcv_wscale", [](tcp_info& i) { i.tcpi_rcv_wscale = 11; }},
                    Row{"snd_mss", [](tcp_info& i) { i.tcpi_snd_mss = 1460; }},
                    Row{"pmtu", [](tcp_info& i) { i.tcpi_pmtu = 1400; }}),
    name_of);

#define CHANGED(field)                               \
  Row {                                              \
#field, [](tcp_info & i) { i.tcpi_##field = 1; } \
  }

INSTANTIATE_TEST_SUITE_P(
    TcpInfo, Declared,
    testing::Values(CHANGED(rto), CHANGED(ato), CHANGED(rtt), CHANGED(rttvar), CHANGED(min_rtt),
                    CHANGED(snd_cwnd), CHANGED(snd_ssthresh), CHANGED(pacing_rate),
                    CHANGED(delivery_rate), CHANGED(reordering), CHANGED(rcv_ssthresh),
                    CHANGED(rcv_space), CHANGED(rcv_rtt), CHANGED(rcv_mss), CHANGED(unacked),
                    CHANGED(sacked), CHANGED(lost), CHANGED(retrans), CHANGED(bytes_sent),
                    CHANGED(bytes_acked), CHANGED(bytes_received), CHANGED(segs_in),
                    CHANGED(segs_out), CHANGED(data_segs_in), CHANGED(busy_time),
                    CHANGED(delivered), CHANGED(dsack_dups), CHANGED(last_data_sent),
                    CHANGED(last_data_recv), CHANGED(advmss),
                    Row{"ecn", [](tcp_info& i) { toggle(i, TCPI_OPT_ECN); }},
                    Row{"syn_data", [](tcp_info& i) { toggle(i, TCPI_OPT_SYN_DATA); }}),
    name_of);

#undef CHANGED

}  // namespace
}  // namespace sockcr::scenario
