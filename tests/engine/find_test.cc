#include "engine/process/find.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "tests/engine/world.h"

namespace sockcr {

void PrintTo(const Holder& holder, std::ostream* out) {
  *out << holder.pid << "/" << holder.descriptor << (holder.close_on_exec ? " cloexec" : "");
}

namespace {

class FindTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

std::uint64_t inode_of(int descriptor) {
  struct stat status {};
  ::fstat(descriptor, &status);
  return status.st_ino;
}

TEST_F(FindTest, OneSocketOfManyDescriptorsAndProcesses) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const int ours = connection.ours.get();
    const FileDescriptor second(::dup(ours));
    const ChildProcess fork = start_holder({connection.peer.get(), second.get()});

    ASSERT_LT(second.get(), ours);  // dup takes the lowest that is free
    const std::vector<Holder> wanted{
        {::getpid(), second.get(), false}, {::getpid(), ours, true}, {fork.pid(), ours, true}};
    const FoundSocket found = find_sockets({::getpid(), fork.pid()}).front();
    EXPECT_EQ(found.inode, inode_of(ours));
    EXPECT_EQ(found.holders, wanted);
  });
}

TEST_F(FindTest, OnlySocketsInTheOrderOfTheirDescriptors) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET6);
    const Pipe pipe = Pipe::make();
    std::vector<int> first_descriptors;
    for (const FoundSocket& socket : find_sockets({::getpid()})) {
      first_descriptors.push_back(socket.holders.front().descriptor);
    }
    std::vector<int> wanted{connection.ours.get(), connection.peer.get()};
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(first_descriptors, wanted);
  });
}

TEST_F(FindTest, DiagKnowsTheSameInode) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET6);
    const auto entries = dump_tcp();
    EXPECT_EQ(std::count_if(entries.begin(), entries.end(),
                            [&](const TcpDiag& entry) {
                              return entry.inode == inode_of(connection.ours.get()) &&
                                     entry.state == TcpState::established;
                            }),
              1);
  });
}

TEST(Find, NamesTheProcessThatIsGone) {
  pid_t gone = 0;
  {
    const ChildProcess child = ChildProcess::run([] { return 0; });
    gone = child.pid();
  }
  EXPECT_THROW(find_sockets({gone}), SystemError);
}

}  // namespace
}  // namespace sockcr
