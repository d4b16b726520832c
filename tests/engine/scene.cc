#include "tests/engine/scene.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <algorithm>

namespace sockcr {
namespace {

constexpr std::uint16_t server_port = 7001;
constexpr auto patience = std::chrono::seconds(5);

const sockaddr* generic(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

}  // namespace

sockaddr_storage Scene::at(netns::End end, std::uint16_t port) const {
  return netns::Laboratory::address(end, family, port);
}

socklen_t Scene::length() const {
  return family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

FileDescriptor Scene::listen(int backlog) const {
  FileDescriptor listener = make_socket(family, SOCK_STREAM, 0);
  const sockaddr_storage local = at(netns::End::ours, server_port);
  bind_socket(listener.get(), generic(local), length());
  listen_socket(listener.get(), backlog);
  return listener;
}

FileDescriptor Scene::begin_client() const {
  const NetworkNamespace::Scope inside(laboratory.inside(netns::End::peer));
  FileDescriptor client = make_socket(family, SOCK_STREAM, 0);
  set_nonblocking(client.get(), true);
  const sockaddr_storage remote = at(netns::End::ours, server_port);
  begin_connecting(client.get(), generic(remote), length());
  return client;
}

FileDescriptor Scene::client() const {
  FileDescriptor client = begin_client();
  EXPECT_TRUE(comes_to(client.get(), TcpState::established));
  return client;
}

bool Scene::comes_to(int socket, TcpState state) {
  return poll_until(patience, [&] { return read_info(socket).state == state; });
}

bool Scene::shows(TcpState state) {
  return poll_until(patience, [&] {
    const auto dump = dump_tcp();
    return std::any_of(dump.begin(), dump.end(),
                       [&](const TcpDiag& one) { return one.state == state; });
  });
}

CheckpointRequest Scene::request(const ChildProcess& program) {
  return {
      .pids = {program.pid()}, .image_id = 1, .gate = &gate, .ownerless = true, .use_bpf = use_bpf};
}

Image Scene::take(const ChildProcess& program) {
  Checkpoint checkpoint(request(program));
  checkpoint.freeze();
  const Bytes bytes = encode(checkpoint.read());
  checkpoint.kill();
  return decode(bytes);
}

void reset(FileDescriptor socket) {
  constexpr SocketOption<linger> abort{SOL_SOCKET, SO_LINGER, "SO_LINGER"};
  set_option(socket.get(), abort, linger{.l_onoff = 1, .l_linger = 0});
}

}  // namespace sockcr
