#include "engine/sys/error.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <cerrno>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

TEST(SystemError, ReadsFromTheSubjectToTheNextStep) {
  const SystemError bare("bind", "3, 192.0.2.1:80", EACCES);
  EXPECT_STREQ(bare.what(), "bind(3, 192.0.2.1:80): Permission denied");
  const SystemError full = bare.advise("be root").about("descriptor 3 of process 7");
  EXPECT_STREQ(full.what(),
               "descriptor 3 of process 7: bind(3, 192.0.2.1:80): Permission denied; be root");
  EXPECT_EQ(full.error_number(), EACCES);
  EXPECT_EQ(full.call(), "bind");
}

// The one who is nearest knows best.
TEST(SystemError, KeepsTheFirstSubjectAndTheFirstAdvice) {
  const SystemError error =
      SystemError("bind", "3", EACCES).about("near").about("far").advise("this").advise("that");
  EXPECT_STREQ(error.what(), "near: bind(3): Permission denied; this");
}

TEST(SystemError, HasOnlyWordsWithoutANumber) {
  EXPECT_STREQ(SystemError("libnet_init", "no raw socket", 0).what(), "libnet_init(no raw socket)");
}

TEST(SystemError, NamesTheOptionAndItsValue) {
  const FileDescriptor udp = make_socket(AF_INET, SOCK_DGRAM, 0);
  try {
    set_option(udp.get(), option::no_delay, 1);
    FAIL() << "UDP took TCP_NODELAY";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.what(), "setsockopt(" + std::to_string(udp.get()) +
                                ", SOL_TCP, TCP_NODELAY, [1], 4): Protocol not available");
  }
}

TEST(Violation, SaysWhatWasExpected) {
  const Violation violation("snd_wnd", "1", "2");
  EXPECT_STREQ(violation.what(), "snd_wnd: expected 1, actual 2");
  EXPECT_EQ(violation.actual, "2");
}

TEST(Unsupported, SaysWhatAndWhy) {
  EXPECT_STREQ(Unsupported("TCP in LISTEN", "not yet").what(), "TCP in LISTEN: not yet");
}

TEST(ErrnoName, KnowsNamesAndNumbers) {
  EXPECT_EQ(errno_name(ENOPROTOOPT), "ENOPROTOOPT");
  EXPECT_EQ(errno_name(4000), "errno 4000");
}

}  // namespace
}  // namespace sockcr
