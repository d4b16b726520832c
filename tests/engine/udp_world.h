// What the tests of UDP and UDP-Lite share: sockets on loopback, and a capture and a rebuild of
// one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/sys/descriptor.h"
#include "engine/udp/capture.h"
#include "engine/udp/perform.h"
#include "tests/engine/world.h"

namespace sockcr {

struct Flavour {
  int domain;
  bool lite;
  bool mapped = false;
};

std::string to_text(const Flavour& flavour);  // "lite_v6"

Address loopback(const Flavour& f, std::uint16_t port = 0);
Address local_of(int socket);

FileDescriptor make_udp(const Flavour& f);
FileDescriptor bound_udp(const Flavour& f);  // at a port of the kernel's choice
FileDescriptor sender_to(const Flavour& f, const Address& to);
void bind_to(int socket, const Address& address);
void connect_to(int socket, const Address& address);

UdpSocket captured_udp(int socket);
std::unique_ptr<UdpPerformer> built(const UdpSocket& socket, Forger& forger);
std::string differences_between(const UdpSocket& before, const UdpSocket& after);

class UdpTest : public testing::TestWithParam<Flavour> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

// Every flavour there is, for INSTANTIATE_TEST_SUITE_P.
inline auto every_flavour() {
  return testing::Values(Flavour{AF_INET, false}, Flavour{AF_INET6, false},
                         Flavour{AF_INET6, false, true}, Flavour{AF_INET, true},
                         Flavour{AF_INET6, true});
}

}  // namespace sockcr
