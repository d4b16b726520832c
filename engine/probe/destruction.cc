#include "engine/probe/loopback.h"
#include "engine/probe/questions.h"
#include "engine/process/diag.h"

namespace sockcr::ask {
namespace {

std::vector<TcpDiag> established() {
  std::vector<TcpDiag> entries = dump_tcp();
  std::erase_if(entries, [](const TcpDiag& e) { return e.state != TcpState::established; });
  return entries;
}

}  // namespace

Finding sock_diag() {
  const Loopback loopback = Loopback::connect();
  if (!established().empty()) return {Answer::yes, ""};
  return {Answer::no, "it does not list a connection"};
}

Finding sock_destroy() {
  const Loopback loopback = Loopback::connect();
  for (const TcpDiag& end : established()) destroy_tcp(end);
  if (established().empty()) return {Answer::yes, ""};
  return {Answer::no, "the connection is still there"};
}

}  // namespace sockcr::ask
