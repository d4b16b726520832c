// The first process of a guest: makes the host's read-only files look writable, opens the channel,
// runs the agent, and powers off when that has ended. What it complains of goes to the console,
// and the host shows the console's last lines.
//
// It is called by its path, DIR/init; DIR/settings says the rest (settings.h), DIR/seed is entropy,
// and what is in DIR/modules, where there is one, is loaded first. DIR is a folder of the host's
// under User-mode Linux, and / in the first files of a virtual machine.
#include <fcntl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>

#include "scenarios/guest_init/devices.h"
#include "scenarios/guest_init/giving_up.h"
#include "scenarios/guest_init/modules.h"
#include "scenarios/guest_init/root.h"

namespace sockcr::guest {
namespace {

constexpr int channel = 3;

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

void live(const std::string& folder) {
  const Settings settings = settings_in(contents(folder + "/settings"));
  const std::string seed = contents(folder + "/seed");
  load_modules(folder + "/modules");
  enter_root(settings);
  make_devices();
  feed_entropy(seed);
  raise_loopback();
  open_channel(settings, channel);
  const pid_t agent = ::fork();
  check(agent >= 0, "fork");
  if (agent == 0) become_agent(settings);
  wait_for(agent);
}

}  // namespace
}  // namespace sockcr::guest

int main(int, char** argv) {
  const std::string called = argv[0];
  sockcr::guest::live(called.substr(0, called.rfind('/')));
  ::reboot(RB_POWER_OFF);
}
