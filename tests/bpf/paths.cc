#include "tests/bpf/paths.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/image/diff.h"

namespace sockcr {

std::string to_text(Path path) {
  switch (path) {
    case Path::v4:
      return "v4";
    case Path::v6:
      return "v6";
    case Path::mapped:
      return "mapped";
  }
  return "?";
}

PathScene::PathScene(Path the_path)
    : Scene(the_path == Path::v6 ? AF_INET6 : AF_INET), path(the_path) {}

FileDescriptor PathScene::listen() const {
  if (path != Path::mapped) return Scene::listen();
  FileDescriptor listener = make_socket(AF_INET6, SOCK_STREAM, 0);
  set_option(listener.get(), option::v6_only, 0);
  sockaddr_storage any{};
  const socklen_t length =
      to_sockaddr({.family = AF_INET6, .bytes = {}, .port = 7001, .scope_id = 0}, any);
  bind_socket(listener.get(), reinterpret_cast<const sockaddr*>(&any), length);
  listen_socket(listener.get(), 8);
  return listener;
}

std::string bpf_missing() {
  std::string why_not;
  KernelReader::open(KernelReader::Orphans::leave_out, why_not);
  return why_not;
}

std::unique_ptr<KernelReader> open_reader() {
  std::string why_not;
  auto reader = KernelReader::open(KernelReader::Orphans::read, why_not);
  EXPECT_EQ(why_not, "");
  return reader;
}

TcpDiag the_one_in(TcpState state) {
  std::vector<TcpDiag> dump = dump_tcp();
  std::erase_if(dump, [&](const TcpDiag& one) { return one.state != state; });
  EXPECT_EQ(dump.size(), 1u) << to_text(state);
  return dump.at(0);
}

std::string differences_in_words(const Socket& a, const Socket& b) {
  std::string words;
  for (const Difference& each : beyond_tolerance(a, b)) words += to_text(each) + "\n";
  return words;
}

std::string telling_bytes(std::size_t count) {
  std::string bytes;
  for (std::uint32_t number = 1; bytes.size() < count; ++number) {
    const std::uint32_t mixed = number * 2654435761U;
    bytes.append(reinterpret_cast<const char*>(&mixed), sizeof mixed);
  }
  bytes.resize(count);
  return bytes;
}

}  // namespace sockcr
