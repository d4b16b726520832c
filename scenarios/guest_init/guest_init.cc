// The first process of a guest: makes the host's read-only files look writable, opens the channel,
// runs the agent, and powers off when that has ended. What it complains of goes to the console,
// and the host shows the console's last lines.
//
// It is called by its path, DIR/init, and DIR/settings says the rest, in words that end with a zero
// byte: the working directory; where cases leave what they find; the host's folder for that; the
// agent; the environment, NAME=VALUE each. DIR/seed is entropy.
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr int channel = 3;
constexpr const char* new_root = "/tmp/root";

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "guest_init: %s: %s\n", what.c_str(), std::strerror(errno));
  ::reboot(RB_POWER_OFF);
  ::_exit(125);
}

void check(bool done, const std::string& what) {
  if (!done) give_up(what);
}

void mount_at(const std::string& target, const char* type, const char* source = "none",
              const std::string& data = "", unsigned long flags = 0) {
  check(::mount(source, target.c_str(), type, flags, data.c_str()) == 0,
        std::string("mount ") + type + " on " + target);
}

void make_folder(const std::string& path) {
  for (auto end = path.find('/', 1);; end = path.find('/', end + 1)) {
    ::mkdir(path.substr(0, end).c_str(), 0755);
    if (end == path.npos) return;
  }
}

std::string contents(const std::string& path) {
  std::string bytes;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(file >= 0, path);
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(file, buffer, sizeof buffer)) > 0;) {
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(file);
  return bytes;
}

struct Settings {
  std::string working_directory, output, left, agent;
  std::vector<std::string> environment;
};

Settings settings_in(const std::string& bytes) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < bytes.size(); at = bytes.find('\0', at) + 1) {
    words.emplace_back(bytes.c_str() + at);
  }
  errno = EINVAL;
  check(words.size() >= 4, "settings");
  return {words[0], words[1], words[2], words[3], {words.begin() + 4, words.end()}};
}

// The host's files where they are on the host, and writable: what is written is the guest's own and
// vanishes with it. So nothing that the host has is hidden, as an empty /tmp would hide it.
void make_root_writable() {
  mount_at("/tmp", "tmpfs");
  for (const char* each : {"/tmp/upper", "/tmp/work", new_root}) ::mkdir(each, 0755);
  mount_at(new_root, "overlay", "none", "lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work");
}

void mount_the_usual() {
  const std::string root = new_root;
  for (const char* each : {"/proc", "/sys", "/dev", "/tmp", "/run"}) {
    ::mkdir((root + each).c_str(), 0755);
  }
  mount_at(root + "/proc", "proc");
  mount_at(root + "/sys", "sysfs");
  mount_at(root + "/dev", "devtmpfs");
  for (const char* each : {"/dev/pts", "/dev/shm"}) ::mkdir((root + each).c_str(), 0755);
  mount_at(root + "/dev/pts", "devpts");
  mount_at(root + "/dev/shm", "tmpfs", "none", "mode=1777");
}

// The one folder of the host that this guest may write to.
void open_output(const Settings& settings) {
  if (settings.output.empty()) return;
  const std::string place = new_root + settings.output;
  make_folder(place);
  mount_at(place, "hostfs", "none", settings.left);
}

void enter_root() {
  check(::chdir(new_root) == 0 && ::mount(".", "/", nullptr, MS_MOVE, nullptr) == 0 &&
            ::chroot(".") == 0,
        "entering the root");
  ::chmod("/tmp", 01777);
}

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

// Raw: a terminal would echo, and end lines in its own way.
void open_channel() {
  const int line = ::open("/dev/ttyS0", O_RDWR | O_NOCTTY);
  check(line >= 0, "/dev/ttyS0");
  termios mode{};
  check(::tcgetattr(line, &mode) == 0, "tcgetattr");
  ::cfmakeraw(&mode);
  check(::tcsetattr(line, TCSANOW, &mode) == 0, "tcsetattr");
  if (line == channel) return;
  check(::dup2(line, channel) == channel, "dup2");
  ::close(line);
}

[[noreturn]] void become_agent(const Settings& settings) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  if (nothing > channel) ::close(nothing);
  ::chdir(settings.working_directory.c_str());
  std::vector<char*> environment;
  for (const std::string& each : settings.environment) {
    environment.push_back(const_cast<char*>(each.c_str()));
  }
  environment.push_back(nullptr);
  char* const arguments[] = {const_cast<char*>(settings.agent.c_str()), nullptr};
  ::execve(arguments[0], arguments, environment.data());
  give_up(settings.agent);
}

void wait_for(pid_t agent) {
  for (pid_t ended = 0; ended != agent;) {
    ended = ::wait(nullptr);
    if (ended < 0 && errno == ECHILD) return;
  }
}

}  // namespace

int main(int, char** argv) {
  const std::string called = argv[0], folder = called.substr(0, called.rfind('/'));
  const Settings settings = settings_in(contents(folder + "/settings"));
  const std::string seed = contents(folder + "/seed");
  make_root_writable();
  mount_the_usual();
  open_output(settings);
  enter_root();
  make_devices();
  feed_entropy(seed);
  raise_loopback();
  open_channel();
  const pid_t agent = ::fork();
  check(agent >= 0, "fork");
  if (agent == 0) become_agent(settings);
  wait_for(agent);
  ::reboot(RB_POWER_OFF);
}
