#include "scenarios/guest_init/root.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "scenarios/guest_init/giving_up.h"

namespace sockcr::guest {
namespace {

constexpr const char* new_root = "/tmp/root";
constexpr const char* over_virtio = "trans=virtio,version=9p2000.L,msize=262144";

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

bool is_over_9p(const Settings& settings) { return settings.files == "9p"; }

// Where the host's files are: the root that User-mode Linux has booted from, or behind a tag.
std::string host_files(const Settings& settings) {
  if (!is_over_9p(settings)) return "/";
  ::mkdir("/host", 0755);
  mount_at("/host", "9p", "host", std::string(over_virtio) + ",cache=loose", MS_RDONLY);
  return "/host";
}

void make_writable(const std::string& host) {
  ::mkdir("/tmp", 01777);
  mount_at("/tmp", "tmpfs");
  for (const char* each : {"/tmp/upper", "/tmp/work", new_root}) ::mkdir(each, 0755);
  mount_at(new_root, "overlay", "none",
           "lowerdir=" + host + ",upperdir=/tmp/upper,workdir=/tmp/work");
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
  if (is_over_9p(settings)) return mount_at(place, "9p", "left", over_virtio);
  mount_at(place, "hostfs", "none", settings.left);
}

// Where modprobe looks, which the kernel calls.
void show_modules(const std::string& folder) {
  struct utsname self {};
  if (folder.empty() || ::uname(&self) != 0) return;
  make_folder("/lib/modules");
  ::symlink(folder.c_str(), (std::string("/lib/modules/") + self.release).c_str());
}

}  // namespace

void enter_root(const Settings& settings) {
  make_writable(host_files(settings));
  mount_the_usual();
  open_output(settings);
  check(::chdir(new_root) == 0 && ::mount(".", "/", nullptr, MS_MOVE, nullptr) == 0 &&
            ::chroot(".") == 0,
        "entering the root");
  ::chmod("/tmp", 01777);
  show_modules(settings.modules);
}

}  // namespace sockcr::guest
