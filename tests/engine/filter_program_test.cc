// An eBPF program as socket filter: named by BPF, and refused where it could not be attached again.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bpf/kernel_reader.h"
#include "engine/checkpoint.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/kernel_program.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

FileDescriptor load_one_that_hears_all() {
  const bpf_insn code[] = {{BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, -1},
                           {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
  return load_filter_program(code);
}

Image image_of(const ChildProcess& program, bool use_bpf = true) {
  Checkpoint checkpoint({.pids = {program.pid()}, .use_bpf = use_bpf});
  checkpoint.freeze();
  return checkpoint.read();
}

std::string refusal_of(const std::function<void()>& attempt) {
  try {
    attempt();
    return "";
  } catch (const Unsupported& error) {
    return error.what();
  }
}

std::string refusal_of_checkpoint(const ChildProcess& program, bool use_bpf = true) {
  return refusal_of([&] { image_of(program, use_bpf); });
}

// A program whose connection is filtered by what we hold loaded.
struct Filtered {
  Filtered() { attach_program(connection.ours.get(), held.get()); }

  const Connection connection = connect_on_loopback(AF_INET);
  const FileDescriptor held = load_one_that_hears_all();
  const ChildProcess program =
      start_echo(connection.ours.get(), {connection.peer.get(), held.get()});
};

class FilterProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    std::string why_not;
    if (!KernelReader::open(KernelReader::Orphans::leave_out, why_not)) GTEST_SKIP() << why_not;
  }
};

TEST_F(FilterProgramTest, IsNamedByIdAndTag) {
  expect_inside([] {
    const Filtered filtered;
    const Image image = image_of(filtered.program);
    const SocketFilter& filter = std::get<TcpConnection>(image.sockets[0]).filter;
    EXPECT_EQ(filter.program_tag, program_tag(filtered.held.get()));
    EXPECT_EQ(program_tag(open_program(filter.program).value().get()), filter.program_tag);
  });
}

TEST_F(FilterProgramTest, IsRefusedWithoutBpf) {
  expect_inside([] {
    const Filtered filtered;
    EXPECT_THAT(refusal_of_checkpoint(filtered.program, false),
                HasSubstr("only BPF tells which it is"));
  });
}

// Held by nobody but the socket, then by a descriptor of the program too, which dies with it.
TEST_F(FilterProgramTest, IsRefusedWhereItWouldDieWithItsSocket) {
  expect_inside([] {
    for (const bool by_program : {false, true}) {
      const Connection connection = connect_on_loopback(AF_INET);
      FileDescriptor held = load_one_that_hears_all();
      attach_program(connection.ours.get(), held.get());
      std::vector<int> not_of_program{connection.peer.get()};
      if (!by_program) not_of_program.push_back(held.get());
      const ChildProcess program = start_echo(connection.ours.get(), not_of_program);
      held = FileDescriptor();
      EXPECT_THAT(refusal_of_checkpoint(program), HasSubstr("bpftool prog pin")) << by_program;
      EXPECT_EQ(exchange(connection.peer.get(), connection.peer.get(), "still here"), "still here");
    }
  });
}

TEST_F(FilterProgramTest, IsRefusedWhereItIsNotTheSameAnyMore) {
  expect_inside([] {
    const Filtered filtered;
    const Image image = image_of(filtered.program);
    const auto refusal_with = [&](const std::function<void(Image&, SocketFilter&)>& edit) {
      Image edited = image;
      edit(edited, std::get<TcpConnection>(edited.sockets[0]).filter);
      return refusal_of([&] { static_cast<void>(plans_of(edited, 0)); });
    };
    EXPECT_EQ(refusal_with([](Image&, SocketFilter&) {}), "");
    EXPECT_THAT(refusal_with([](Image&, SocketFilter& filter) { ++filter.program_tag; }),
                HasSubstr("under this id the kernel has another program"));
    EXPECT_THAT(refusal_with([](Image&, SocketFilter& filter) { filter.program = 0x7fffffff; }),
                HasSubstr("the kernel has unloaded it"));
    EXPECT_THAT(refusal_with([](Image& i, SocketFilter&) { i.circumstance.boot_id = "another"; }),
                HasSubstr("another boot"));
  });
}

}  // namespace
}  // namespace sockcr
