// What a UDP socket would lose is refused by its name, and the socket stays as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include "engine/checkpoint.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "tests/engine/udp_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

using UdpRefusalTest = UdpTest;

std::string refusal_of(int socket) {
  try {
    const ChildProcess program = start_keeper({socket});
    Checkpoint checkpoint({.pids = {program.pid()}, .leave_running = true});
    checkpoint.freeze();
    checkpoint.read();
  } catch (const Unsupported& unsupported) {
    return unsupported.what();
  }
  return "";
}

TEST_P(UdpRefusalTest, RefusesByNameWhatItWouldLose) {
  expect_inside([] {
    const Address nobody = loopback(GetParam(), 9);
    FileDescriptor corked = bound_udp(GetParam());
    connect_to(corked.get(), nobody);
    send_bytes(corked.get(), Bytes{'c'}, MSG_MORE);
    EXPECT_THAT(refusal_of(corked.get()), HasSubstr("a corked datagram of udp"));

    FileDescriptor refused = bound_udp(GetParam());
    connect_to(refused.get(), nobody);
    send_bytes(refused.get(), Bytes{'r'}, 0);
    EXPECT_THAT(refusal_of(refused.get()), HasSubstr("pending error of udp"));
    EXPECT_EQ(get_option(refused.get(), option::error), ECONNREFUSED);
  });
}

using UdpQueueRefusalTest = UdpTest;

TEST_P(UdpQueueRefusalTest, OfWhatCannotBePutBackAsItWas) {
  expect_inside([] {
    FileDescriptor anywhere = make_udp(GetParam());
    bind_to(anywhere.get(), end_at(AF_INET, "0.0.0.0", 5354));
    FileDescriptor caller = bound_udp(GetParam());
    set_option(caller.get(), SocketOption<int>{SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"}, 1);
    connect_to(caller.get(), end_at(AF_INET, "127.255.255.255", 5354));
    send_bytes(caller.get(), Bytes{'b'}, 0);
    EXPECT_THAT(refusal_of(anywhere.get()), HasSubstr("it was not sent to an address of this"));
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, UdpQueueRefusalTest, testing::Values(Flavour{AF_INET, false}),
                         [](const auto& one) { return to_text(one.param); });

INSTANTIATE_TEST_SUITE_P(Flavours, UdpRefusalTest, every_flavour(),
                         [](const auto& one) { return to_text(one.param); });

}  // namespace
}  // namespace sockcr
