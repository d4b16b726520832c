#include "engine/sys/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

std::vector<std::string> texts(const Trace& trace) {
  std::vector<std::string> all;
  for (const Trace::Line& line : trace.lines()) all.push_back(line.text);
  return all;
}

// As strace would print them.
TEST(Trace, RecordsCallsAndRemarksInStraceNotation) {
  Trace trace;
  {
    const Trace::Scope scope(&trace);
    FileDescriptor tcp = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    trace.remark("a remark");
    set_option(tcp.get(), option::no_delay, 1);
    get_option(tcp.get(), option::no_delay);
    EXPECT_THROW(set_option(tcp.get(), option::max_segment, -5), SystemError);
  }
  EXPECT_THAT(
      texts(trace),
      ElementsAre(
          MatchesRegex("socket\\(AF_INET, SOCK_STREAM\\|SOCK_CLOEXEC, IPPROTO_TCP\\) = [0-9]+"),
          "-- a remark",
          MatchesRegex("setsockopt\\([0-9]+, SOL_TCP, TCP_NODELAY, \\[1\\], 4\\) = 0"),
          MatchesRegex("getsockopt\\([0-9]+, SOL_TCP, TCP_NODELAY, \\[1\\], \\[4\\]\\) = 0"),
          MatchesRegex("setsockopt\\([0-9]+, SOL_TCP, TCP_MAXSEG, \\[-5\\], 4\\) = -1 EINVAL "
                       "\\(Invalid argument\\)"),
          MatchesRegex("close\\([0-9]+\\) = 0")));
}

TEST(Trace, IsCurrentInItsScopeOnly) {
  Trace outer;
  Trace inner;
  EXPECT_EQ(Trace::current(), nullptr);
  {
    const Trace::Scope scope(&outer);
    {
      const Trace::Scope nested(&inner);
      EXPECT_EQ(Trace::current(), &inner);
    }
    EXPECT_EQ(Trace::current(), &outer);
  }
  EXPECT_EQ(Trace::current(), nullptr);
}

TEST(Trace, CountsSecondsFromItsFirstLine) {
  Trace trace;
  EXPECT_EQ(trace.to_text(), "");
  trace.remark("one");
  trace.record("close", "3", -1, EBADF);
  EXPECT_THAT(trace.to_text(),
              MatchesRegex("0.000000 -- one\n"
                           "0.[0-9]+ close\\(3\\) = -1 EBADF \\(Bad file descriptor\\)\n"));
}

// A destructor that closes between a failed call and its report must not change what is reported.
TEST(Call, KeepsErrno) {
  Trace trace;
  const Trace::Scope scope(&trace);
  errno = 0;
  const int result = try_call(
      "nothing",
      [] {
        errno = EXDEV;
        return -1;
      },
      [] {
        errno = EIO;
        return std::string("x");
      });
  EXPECT_EQ(result, -1);
  EXPECT_EQ(errno, EXDEV);
}

}  // namespace
}  // namespace sockcr
