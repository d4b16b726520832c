// What the tests of the laboratory stand on: a body run inside, and two connected sockets.
#pragma once

#include <linux/tcp.h>
#include <functional>
#include <string>

#include "engine/sys/descriptor.h"
#include "netns/laboratory.h"

namespace sockcr::netns {

// Why this machine cannot make a sandbox; empty when it can.
std::string sandbox_obstacle();

// Runs `body` in a sandbox; true when no expectation in it failed. That is another process: it
// prints its failures itself, and only its exit code comes back.
bool passes_inside(const std::function<void()>& body);
// The same in a process of user nobody, who has to make a user namespace first.
bool passes_inside_as_nobody(const std::function<void()>& body);

// The same as expectations of the current test.
void expect_inside(const std::function<void()>& body);
void expect_inside_as_nobody(const std::function<void()>& body);

struct Connection {
  FileDescriptor ours, peer;
};

// `from` connects; the listener is gone again.
Connection connect_over(const Laboratory& laboratory, int family, End from);

tcp_info information(int socket);
void say(int socket, const std::string& words);
// What arrives until there are `length` bytes, or nothing more for two seconds.
std::string hear(int socket, std::size_t length);
std::string exchange(int from, int to, const std::string& words);

}  // namespace sockcr::netns

#define SKIP_WITHOUT_SANDBOX()                                                             \
  if (const std::string obstacle = ::sockcr::netns::sandbox_obstacle(); !obstacle.empty()) \
  GTEST_SKIP() << obstacle
