#include "scenarios/language/unix_letter.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/image/field_text.h"
#include "engine/sys/error.h"
#include "engine/unix/name.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint32_t nobody = 65534;  // told of a message whose sender the kernel did not keep

void append(std::vector<std::uint8_t>& control, int type, const void* value, std::size_t bytes) {
  const std::size_t at = control.size();
  control.resize(at + CMSG_SPACE(bytes));
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(bytes);
  header.cmsg_level = SOL_SOCKET;
  header.cmsg_type = type;
  std::memcpy(control.data() + at, &header, sizeof header);
  std::memcpy(control.data() + at + CMSG_LEN(0), value, bytes);
}

std::string who_is(const cmsghdr* each) {
  ucred who{};
  std::memcpy(&who, CMSG_DATA(each), sizeof who);
  return who.pid == 0 && who.uid == nobody ? "" : fmt::format("pid {}, uid {}", who.pid, who.uid);
}

void take_carried(const cmsghdr* each, std::vector<FileDescriptor>& carried) {
  const std::size_t number = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < number; ++i) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(each) + i * sizeof descriptor, sizeof descriptor);
    carried.emplace_back(descriptor);
  }
}

}  // namespace

void send_letter(int socket, const Letter& letter) {
  std::vector<std::uint8_t> control;
  const ucred own{::getpid(), ::geteuid(), ::getegid()};
  if (letter.tells_who) append(control, SCM_CREDENTIALS, &own, sizeof own);
  if (!letter.carried.empty()) {
    append(control, SCM_RIGHTS, letter.carried.data(), letter.carried.size() * sizeof(int));
  }
  iovec vector{const_cast<std::uint8_t*>(letter.payload.data()), letter.payload.size()};
  sockaddr_un address{};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.empty() ? nullptr : control.data();
  header.msg_controllen = control.size();
  if (!letter.to.empty()) {
    header.msg_namelen = to_sockaddr(letter.to, address);
    header.msg_name = &address;
  }
  const ssize_t sent = ::sendmsg(socket, &header, letter.flags | MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == std::ssize(letter.payload)) return;
  throw SystemError("sendmsg", fmt::format("{}, {} bytes", socket, letter.payload.size()), errno);
}

Heard hear_letter(int socket, std::size_t bytes, int type) {
  std::vector<std::uint8_t> buffer(type == SOCK_STREAM ? bytes : std::size_t{256} << 10);
  alignas(cmsghdr) std::array<char, 4096> control{};
  sockaddr_un sender{};
  iovec vector{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_name = &sender;
  header.msg_namelen = sizeof sender;
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t length = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0)
    return {errno == EAGAIN ? std::string(nothing_heard_yet) : ::strerrorname_np(errno), {}};
  buffer.resize(static_cast<std::size_t>(length));
  Heard heard;
  std::string who;
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_type == SCM_CREDENTIALS) who = who_is(each);
    if (each->cmsg_type == SCM_RIGHTS) take_carried(each, heard.carried);
  }
  const UnixName name = name_from(sender, header.msg_namelen);
  const std::string from = type == SOCK_DGRAM && !name.empty() ? name_text(name) : "";
  heard.text = text_of(buffer, from, who, heard.carried.size());
  return heard;
}

std::string text_of(const std::vector<std::uint8_t>& payload, const std::string& from,
                    const std::string& who, std::size_t carried) {
  std::string text = fmt::format("{} bytes", payload.size());
  if (!payload.empty()) text += " " + hexadecimal(payload);
  if (!from.empty()) text += ", from " + from;
  if (!who.empty()) text += ", " + who;
  if (carried > 0) text += fmt::format(", with {} descriptors", carried);
  return text;
}

}  // namespace sockcr::scenario
