// What the tests of the engine stand on: two connected sockets on loopback, and a program that
// holds one of them. Everything happens in a sandbox, without a firewall: a socket in repair mode
// is silent, and so is a conversation in which nobody speaks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"
#include "engine/sys/process.h"
#include "tests/netns/world.h"

namespace sockcr {

using netns::Connection;
using netns::exchange;
using netns::expect_inside;
using netns::hear;
using netns::say;

struct LoopbackOptions {
  std::function<void(int socket)> before_listen = [](int) {};
  std::function<void(int socket)> before_connect = [](int) {};
};

// `ours` has connected, `peer` was accepted; a free port. AF_INET or AF_INET6.
Connection connect_on_loopback(int family, const LoopbackOptions& options = {});
FileDescriptor listen_on_loopback(int family, const LoopbackOptions& options = {});

// A program that sends back what it hears on `socket` until the end of file. Being a fork, it
// closes what it shall not hold.
ChildProcess start_echo(int socket, const std::vector<int>& not_held);

// A program that holds what this process holds, but for `not_held`, and does nothing.
ChildProcess start_holder(const std::vector<int>& not_held);

// A program that holds `sockets` and no other descriptor of ours, and does nothing.
ChildProcess start_keeper(const std::vector<int>& sockets);

// This process's children, whoever gave birth to them.
std::vector<pid_t> children();

// Captured, and out of repair mode again.
TcpConnection captured(int socket);

}  // namespace sockcr
