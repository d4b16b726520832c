#include "engine/sys/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

TEST(Program, CollectsWhatItPrinted) {
  const Program::Output output = Program({"sh", "-c", "cat; echo bad >&2; exit 3"}).run("fed");
  EXPECT_EQ(output.out, "fed");
  EXPECT_EQ(output.err, "bad\n");
  EXPECT_EQ(output.exit.code, 3);
}

// More than a pipe holds on each of two outputs: reading one after the other would hang.
TEST(Program, ReadsBothOutputsAtOnce) {
  const Program::Output output =
      Program({"sh", "-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"}).run();
  EXPECT_EQ(output.out.size(), 300'000u);
  EXPECT_EQ(output.err.size(), 300'000u);
}

TEST(Program, SaysWhichOneIsMissing) {
  try {
    Program({"no-such-program", "x"}).run();
    FAIL() << "it was executed";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.error_number(), ENOENT);
    EXPECT_STREQ(error.what(), "execve(no-such-program x): No such file or directory");
  }
}

TEST(Program, DoesNotHangOnAProgramThatReadsNothing) {
  EXPECT_EQ(Program({"true"}).run("unread").exit.code, 0);
}

std::string inode_of(int descriptor) {
  struct stat status {};
  ::fstat(descriptor, &status);
  return "pipe:[" + std::to_string(status.st_ino) + "]";
}

// Two descriptors trade their numbers, which a naive chain of dup2 gets wrong.
TEST(Program, InheritsUnderOtherNumbers) {
  const Pipe one = Pipe::make();
  const Pipe two = Pipe::make();
  const int a = one.read_end.get();
  const int b = two.read_end.get();
  const std::string look = "readlink /proc/self/fd/" + std::to_string(a) +
                           "; readlink /proc/self/fd/" + std::to_string(b);
  const Program::Output output = Program({"sh", "-c", look}).inherit(a, b).inherit(b, a).run();
  EXPECT_EQ(output.out, inode_of(b) + "\n" + inode_of(a) + "\n");
}

TEST(Program, InheritsNothingElse) {
  const FileDescriptor high(::dup2(0, 200));  // not close-on-exec
  const FileDescriptor low(::fcntl(0, F_DUPFD, 50));
  const Pipe pipe = Pipe::make();
  const Program::Output output =
      Program({"sh", "-c", "for n in 0 1 2 \"$@\"; do [ -e /proc/$$/fd/$n ] && echo $n; done", "sh",
               std::to_string(low.get()), "100", "200"})
          .inherit(100, pipe.read_end.get())
          .run();
  EXPECT_EQ(output.out, "0\n1\n2\n100\n");
}

TEST(FindProgram, LooksInPathAndSbin) {
  EXPECT_EQ(find_program("sh").substr(0, 1), "/");
  EXPECT_EQ(find_program("no-such-program"), "");
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_EQ(find_program("/no/such/program"), "");
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(find_program("sh"), "");
  EXPECT_NE(find_program("ldconfig"), "") << "sbin is looked at without $PATH";
  ::setenv("PATH", path.c_str(), 1);
}

TEST(Program, PrintsAsOneWouldTypeIt) { EXPECT_EQ(Program({"ss", "-t"}).to_text(), "ss -t"); }

}  // namespace
}  // namespace sockcr
