// A server on the laboratory's wire, its clients on the other side, and a gate with a tap.
#pragma once

#include <optional>

#include "engine/checkpoint.h"
#include "engine/gate/iptables_gate.h"
#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
#include "netns/fault.h"
#include "tests/engine/world.h"

namespace sockcr {

struct Scene {
  netns::Laboratory laboratory;
  IptablesGate gate{{.image_id = 1, .tap = 9}};
  int family;
  bool use_bpf = true;  // by the checkpoint, where it can

  explicit Scene(int the_family) : family(the_family) {}

  sockaddr_storage at(netns::End end, std::uint16_t port) const;
  socklen_t length() const;
  FileDescriptor listen(int backlog = 8) const;
  // Of the peer, to ours: on its way, or established.
  FileDescriptor begin_client() const;
  FileDescriptor client() const;

  // Wait for what comes; false when it does not.
  static bool comes_to(int socket, TcpState state);
  static bool shows(TcpState state);  // any socket of ours, by sock_diag

  CheckpointRequest request(const ChildProcess& program);
  // Checkpoint and kill behind the closed gate; the image goes through its bytes.
  Image take(const ChildProcess& program);
};

// Closes with a RST.
void reset(FileDescriptor socket);

}  // namespace sockcr
