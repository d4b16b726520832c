// What the tests of the BPF backend share: the three ways in which a server meets a client, and a
// reader, or the reason why there is none.
#pragma once

#include <gtest/gtest.h>

#include "engine/bpf/kernel_reader.h"
#include "engine/process/diag.h"
#include "engine/tcp/prober.h"
#include "tests/engine/scene.h"

namespace sockcr {

enum class Path { v4, v6, mapped };  // mapped: a server of AF_INET6, a client of AF_INET

std::string to_text(Path path);

struct PathScene : Scene {
  explicit PathScene(Path the_path);
  FileDescriptor listen() const;  // of all addresses when mapped

  Path path;
};

// Why BPF is of no use here; empty when it is.
std::string bpf_missing();

std::unique_ptr<KernelReader> open_reader();

// The only socket of this kind; fails the test when there is not exactly one.
TcpDiag the_one_in(TcpState state);

// All that is beyond tolerance, in words.
std::string differences_in_words(const Socket& a, const Socket& b);

// Bytes that tell their place.
std::string telling_bytes(std::size_t count);

class PathTest : public testing::TestWithParam<Path> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    if (const std::string reason = bpf_missing(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

}  // namespace sockcr
