// One question to the kernel, as a step: in a network namespace of its own, with loopback alone.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <functional>
#include <string>

#include "engine/sys/socket_option.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

// `ask` gets the text, to say what did not hold.
Step asked_apart(const std::string& text, At at, std::function<void(const std::string&)> ask);

// "accepted", "EPERM", ...
std::string error_name(int error);

// Throw Violation. `result` is a call's: negative with errno.
void expect_equal(const std::string& what, const std::string& expected, const std::string& actual);
void expect_answer(const std::string& what, int expected, int result);

// A call on the way to what a row asks, which the contract has too: that it is refused is the
// kernel's answer, and no trouble of this machine.
void expect_connected(const std::string& text, int socket, const sockaddr_in& remote);

template <class Value>
void expect_set(const std::string& text, int socket, const SocketOption<Value>& which,
                const Value& value) {
  expect_answer(text + ": " + std::string(which.name), 0,
                ::setsockopt(socket, which.level, which.number, &value, sizeof value));
}

}  // namespace sockcr::scenario
