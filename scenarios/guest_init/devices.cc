#include "scenarios/guest_init/devices.h"

#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "scenarios/guest_init/giving_up.h"

namespace sockcr::guest {
namespace {

constexpr const char* ports = "/sys/class/virtio-ports";
constexpr const char* channel_name = "sockcr\n";

// Raw: a terminal would echo, and end lines in its own way.
int serial_line() {
  const int line = ::open("/dev/ttyS0", O_RDWR | O_NOCTTY);
  check(line >= 0, "/dev/ttyS0");
  termios mode{};
  check(::tcgetattr(line, &mode) == 0, "tcgetattr");
  ::cfmakeraw(&mode);
  check(::tcsetattr(line, TCSANOW, &mode) == 0, "tcsetattr");
  return line;
}

std::string name_of(const std::string& port) {
  const std::string file = std::string(ports) + "/" + port + "/name";
  return ::access(file.c_str(), R_OK) == 0 ? contents(file) : "";
}

int virtio_port() {
  std::error_code none;
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(ports, none)) {
    const std::string port = entry.path().filename();
    if (name_of(port) == channel_name) found = "/dev/" + port;
  }
  errno = none.value();
  check(!none, std::string(ports) + " (is virtio_console there?)");
  errno = ENODEV;
  check(!found.empty(), "the port of the channel");
  const int line = ::open(found.c_str(), O_RDWR);
  check(line >= 0, found);
  return line;
}

}  // namespace

void make_devices() {
  ::symlink("/proc/self/fd", "/dev/fd");
  ::symlink("/proc/self/fd/0", "/dev/stdin");
  ::symlink("/proc/self/fd/1", "/dev/stdout");
  ::symlink("/proc/self/fd/2", "/dev/stderr");
  ::mkdir("/dev/net", 0755);
  ::mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200));
}

void feed_entropy(const std::string& seed) {
  std::vector<int> request((2 * sizeof(int) + seed.size() + sizeof(int) - 1) / sizeof(int));
  request[0] = static_cast<int>(seed.size() * 8);
  request[1] = static_cast<int>(seed.size());
  std::memcpy(&request[2], seed.data(), seed.size());
  const int random = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  check(random >= 0 && ::ioctl(random, RNDADDENTROPY, request.data()) == 0, "RNDADDENTROPY");
  ::close(random);
}

void raise_loopback() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  check(socket >= 0 && ::ioctl(socket, SIOCSIFFLAGS, &request) == 0, "lo up");
  ::close(socket);
}

void open_channel(const Settings& settings, int number) {
  const int line = settings.files == "9p" ? virtio_port() : serial_line();
  if (line == number) return;
  check(::dup2(line, number) == number, "dup2");
  ::close(line);
}

}  // namespace sockcr::guest
