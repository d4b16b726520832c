#include "tests/engine/unix_world.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <array>
#include <cstring>

#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/encode.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/unix/name.h"

namespace sockcr {
namespace {

UnixName unix_name(std::string_view text) {
  UnixName name(text.begin(), text.end());
  if (!name.empty() && name.front() == '@') name.front() = 0;
  return name;
}

std::vector<int> numbers_of(const std::vector<FileDescriptor>& sockets) {
  std::vector<int> numbers;
  numbers.reserve(sockets.size());
  for (const FileDescriptor& one : sockets) numbers.push_back(one.get());
  return numbers;
}

Cut cut_programs(const std::vector<pid_t>& pids, std::vector<FileDescriptor>& first,
                 std::vector<FileDescriptor>& second) {
  std::vector<std::pair<pid_t, int>> places;
  places.reserve(first.size() + second.size());
  for (const FileDescriptor& one : first) places.emplace_back(pids.front(), one.get());
  for (const FileDescriptor& one : second) places.emplace_back(pids.back(), one.get());
  first.clear();
  second.clear();
  Checkpoint checkpoint({.pids = pids, .image_id = choose_image_id()});
  checkpoint.freeze();
  Cut done;
  done.image = decode(encode(checkpoint.read()));
  checkpoint.kill();
  done.restoration = std::make_unique<Restoration>(done.image);
  done.restoration->build();
  done.restoration->resume();
  for (const std::string& each : done.restoration->losses()) ADD_FAILURE() << "lost: " << each;
  for (const auto& [pid, descriptor] : places) {
    for (std::size_t i = 0; i < done.image.where.size(); ++i) {
      for (const Holder& holder : done.image.where[i].holders) {
        if (holder.pid != pid || holder.descriptor != descriptor) continue;
        done.sockets.push_back(done.restoration->sockets()[i]);
      }
    }
  }
  EXPECT_EQ(done.sockets.size(), places.size());
  return done;
}

}  // namespace

Ends unix_pair(int type) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError("socketpair", "", errno);
  }
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

FileDescriptor unix_socket_at(int type, std::string_view name) {
  FileDescriptor socket = make_socket(AF_UNIX, type, 0);
  sockaddr_un address{};
  const socklen_t length = to_sockaddr(unix_name(name), address);
  bind_socket(socket.get(), reinterpret_cast<const sockaddr*>(&address), length);
  return socket;
}

void connect_to(int socket, std::string_view name) {
  sockaddr_un address{};
  const socklen_t length = to_sockaddr(unix_name(name), address);
  connect_socket(socket, reinterpret_cast<const sockaddr*>(&address), length);
}

FileDescriptor unix_client_of(int type, std::string_view name) {
  FileDescriptor socket = make_socket(AF_UNIX, type, 0);
  connect_to(socket.get(), name);
  return socket;
}

std::string name_of_own(int socket) { return name_text(name_of(socket)); }

void post(int socket, std::string_view text, const Parcel& how) {
  std::vector<std::uint8_t> control(CMSG_SPACE(how.carried.size() * sizeof(int)) +
                                    CMSG_SPACE(sizeof(ucred)));
  iovec vector{const_cast<char*>(text.data()), text.size()};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  std::size_t used = 0;
  cmsghdr* each = CMSG_FIRSTHDR(&header);
  const auto append = [&](int type, const void* value, std::size_t length) {
    each->cmsg_len = CMSG_LEN(length);
    each->cmsg_level = SOL_SOCKET;
    each->cmsg_type = type;
    std::memcpy(CMSG_DATA(each), value, length);
    used += CMSG_SPACE(length);
    each = CMSG_NXTHDR(&header, each);
  };
  if (!how.carried.empty()) append(SCM_RIGHTS, how.carried.data(), 4 * how.carried.size());
  if (how.who != nullptr) append(SCM_CREDENTIALS, how.who, sizeof *how.who);
  header.msg_controllen = used;
  sockaddr_un address{};
  if (!how.to.empty()) {
    header.msg_namelen = to_sockaddr(unix_name(how.to), address);
    header.msg_name = &address;
  }
  const ssize_t sent = ::sendmsg(socket, &header, how.flags | MSG_DONTWAIT);
  if (sent != std::ssize(text)) throw SystemError("sendmsg", std::string(text), errno);
}

std::string nothing_there() { return "EAGAIN"; }

std::string take(int socket, std::vector<FileDescriptor>* carried, int flags) {
  std::array<char, 70'000> buffer{};
  alignas(cmsghdr) std::array<char, 2048> control{};
  sockaddr_un sender{};
  iovec vector{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_name = &sender;
  header.msg_namelen = sizeof sender;
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t length = ::recvmsg(socket, &header, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0) return errno_name(errno);
  std::string text(buffer.data(), static_cast<std::size_t>(length));
  const UnixName from = name_from(sender, header.msg_namelen);
  if (!from.empty()) text += " from " + name_text(from);
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_type == SCM_CREDENTIALS) {
      ucred who{};
      std::memcpy(&who, CMSG_DATA(each), sizeof who);
      text += fmt::format(" pid {}, uid {}", who.pid, who.uid);
    }
    if (each->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t number = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    text += fmt::format(" +{}", number);
    for (std::size_t i = 0; i < number; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(each) + 4 * i, sizeof descriptor);
      FileDescriptor owned(descriptor);
      if (carried != nullptr) carried->push_back(std::move(owned));
    }
  }
  return text;
}

Cut cut(std::vector<FileDescriptor>& sockets) {
  const ChildProcess program = start_keeper(numbers_of(sockets));
  std::vector<FileDescriptor> none;
  return cut_programs({program.pid()}, sockets, none);
}

Cut cut(std::vector<FileDescriptor>& first, std::vector<FileDescriptor>& second) {
  const ChildProcess one = start_keeper(numbers_of(first));
  const ChildProcess other = start_keeper(numbers_of(second));
  return cut_programs({one.pid(), other.pid()}, first, second);
}

Image image_of(const std::vector<int>& sockets, bool leave_running) {
  const ChildProcess program = start_keeper(sockets);
  Checkpoint checkpoint({.pids = {program.pid()}, .leave_running = leave_running});
  checkpoint.freeze();
  return checkpoint.read();
}

std::string differences_between(const Image& before, const Image& after) {
  if (before.sockets.size() != after.sockets.size()) return "number of sockets";
  std::string text;
  for (std::size_t i = 0; i < before.sockets.size(); ++i) {
    for (const Difference& each : beyond_tolerance(before.sockets[i], after.sockets[i])) {
      text += fmt::format("socket {}: {}\n", i + 1, to_text(each));
    }
  }
  return text;
}

const UnixSocket& unix_at(const Image& image, std::size_t place) {
  return std::get<UnixSocket>(image.sockets.at(place));
}

}  // namespace sockcr
