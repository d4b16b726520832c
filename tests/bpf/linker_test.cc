// Who finds the kernel's fields must not matter: the kernel itself, or libbpf.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include "engine/bpf/loaded_object.h"
#include "engine/bpf/object_bytes.h"
#include "engine/bpf/seen.h"
#include "engine/sys/socket.h"
#include "tests/bpf/paths.h"

namespace sockcr {
namespace {

using Linker = LoadedObject::Linker;

class LinkerTest : public PathTest {};

// Some SeenSocket, without what runs on.
Bytes sockets_seen(Linker linker) {
  Bytes seen = LoadedObject(bpf_object_bytes(), {"sockets"}, linker).pass("sockets");
  for (std::size_t at = 0; at < seen.size(); at += sizeof(SeenSocket)) {
    const auto timer = seen.begin() + static_cast<std::ptrdiff_t>(at + offsetof(SeenSocket, timer));
    std::fill_n(timer, sizeof(SeenSocket::timer), std::uint8_t{0});
  }
  return seen;
}

TEST_P(LinkerTest, BothReadTheSame) {
  expect_inside([] {
    PathScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    const FileDescriptor child = accept_socket(listener.get());
    send_bytes(client.get(), std::array<std::uint8_t, 100>{}, 0);
    const Bytes by_kernel = sockets_seen(Linker::kernel);
    EXPECT_EQ(by_kernel.size(), sizeof(SeenSocket));  // the client lives elsewhere
    EXPECT_EQ(by_kernel, sockets_seen(Linker::libbpf));
  });
}

// A map by its name and programs by theirs, in an object of which only some programs are loaded.
TEST_P(LinkerTest, BothNameWhatTheyHaveLoaded) {
  for (const Linker linker : {Linker::kernel, Linker::libbpf}) {
    const LoadedObject object(bpf_object_bytes(), {"orphans", "find_page"}, linker);
    EXPECT_GE(object.map("arena"), 0);
    EXPECT_THROW(object.pass("sockets"), std::out_of_range);
    PageQuestion question{};
    question.pipe = -1;
    EXPECT_NO_THROW(object.run("find_page", question));
    EXPECT_EQ(question.fault, page_not_in_pipe);
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, LinkerTest, testing::Values(Path::v4, Path::v6, Path::mapped),
                         [](const auto& path) { return to_text(path.param); });

}  // namespace
}  // namespace sockcr
