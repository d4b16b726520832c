#include "engine/tool/own_ssh.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>

#include "engine/process/diag.h"
#include "engine/tool/refusal.h"

namespace sockcr {

void refuse_own_ssh() {
  const char* const connection = std::getenv("SSH_CONNECTION");
  if (connection == nullptr) return;
  std::istringstream words(connection);  // client's address and port, server's address and port
  std::string client, server;
  std::uint16_t client_port = 0, server_port = 0;
  words >> client >> client_port >> server >> server_port;
  const auto entries = dump_tcp();
  const bool here = std::any_of(entries.begin(), entries.end(), [&](const TcpDiag& entry) {
    return entry.remote.port == client_port && entry.local.port == server_port;
  });
  if (!here) return;
  throw Refused(
      "your ssh connection runs through this network namespace and would be blocked until restore "
      "or release; if something else will type them: env -u SSH_CONNECTION sockcr ...");
}

}  // namespace sockcr
