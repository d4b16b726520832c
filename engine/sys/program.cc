#include "engine/sys/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

// In the child: lays the inherited descriptors out without one overwriting another that is still
// to be copied, by lifting all of them above the highest wanted number first.
void lay_out(const std::map<int, int>& inherited) {
  const int above = inherited.empty() ? 3 : inherited.rbegin()->first + 1;
  std::map<int, int> lifted;
  for (const auto& [number, source] : inherited) {
    lifted[number] = ::fcntl(source, F_DUPFD, std::max(above, 3));
  }
  for (const auto& [number, source] : lifted) ::dup2(source, number);
}

void close_all_but(const std::map<int, int>& inherited, int kept) {
  int next = 3;
  auto close_up_to = [&](int number) {
    if (number > next) ::close_range(next, number - 1, 0);
    next = number + 1;
  };
  std::map<int, int> keep = inherited;
  keep[kept] = kept;
  for (const auto& [number, source] : keep) {
    if (number >= 3) close_up_to(number);
  }
  ::close_range(next, ~0U, 0);
}

std::vector<char*> argument_vector(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  return argv;
}

void execute(const std::vector<char*>& argv, const std::map<int, int>& inherited, int kept) {
  close_all_but(inherited, kept);
  ::signal(SIGPIPE, SIG_DFL);
  ::execvp(argv[0], argv.data());
}

// Reads what there is; false at the end of file.
bool read_some(int descriptor, std::string& text) {
  char buffer[4096];
  const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
  if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

// Both at once, or a program that fills one pipe while we wait at the other would never end.
void drain(int out, std::string& out_text, int err, std::string& err_text) {
  pollfd entries[] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  while (entries[0].fd >= 0 || entries[1].fd >= 0) {
    if (::poll(entries, 2, -1) < 0 && errno != EINTR) throw SystemError("poll", "pipes", errno);
    // poll skips a negative descriptor.
    if (entries[0].revents != 0 && !read_some(out, out_text)) entries[0].fd = -1;
    if (entries[1].revents != 0 && !read_some(err, err_text)) entries[1].fd = -1;
    entries[0].revents = entries[1].revents = 0;
  }
}

}  // namespace

Program& Program::inherit(int number, int descriptor) {
  inherited_[number] = descriptor;
  return *this;
}

std::string Program::to_text() const { return fmt::format("{}", fmt::join(arguments_, " ")); }

void Program::become() const {
  lay_out(inherited_);
  execute(argument_vector(arguments_), inherited_, -1);
}

ChildProcess Program::start() const {
  const std::vector<char*> argv = argument_vector(arguments_);
  Pipe report = Pipe::make();  // carries errno when exec fails, end of file when it does not

  ChildProcess child = ChildProcess::run([&]() -> int {
    lay_out(inherited_);
    const int out_of_the_way = inherited_.empty() ? 3 : inherited_.rbegin()->first + 1;
    const int channel =
        ::fcntl(report.write_end.get(), F_DUPFD_CLOEXEC, std::max(out_of_the_way, 3));
    execute(argv, inherited_, channel);
    const int error_number = errno;
    if (::write(channel, &error_number, sizeof error_number) < 0) return 127;
    return 127;
  });

  report.write_end.reset();
  int error_number = 0;
  if (::read(report.read_end.get(), &error_number, sizeof error_number) > 0) {
    throw SystemError("execve", to_text(), error_number);
  }
  return child;
}

Program::Output Program::run(std::string_view input) const {
  Pipe in = Pipe::make();
  Pipe out = Pipe::make();
  Pipe err = Pipe::make();
  Program copy = *this;
  copy.inherit(0, in.read_end.get())
      .inherit(1, out.write_end.get())
      .inherit(2, err.write_end.get());
  ChildProcess child = copy.start();
  out.write_end.reset();
  err.write_end.reset();

  // What is fed is far below a pipe's 64 KiB, so writing it whole cannot block on a full pipe while
  // the program blocks on its output. Our own read end stays open meanwhile: a program that has
  // ended without reading must not bring SIGPIPE upon us.
  call(
      "write", [&] { return ::write(in.write_end.get(), input.data(), input.size()); },
      [&] { return "standard input of " + to_text(); });
  in = {};
  Output output{};
  drain(out.read_end.get(), output.out, err.read_end.get(), output.err);
  output.exit = child.wait();
  return output;
}

std::string find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    return ::access(std::string(name).c_str(), X_OK) == 0 ? std::string(name) : "";
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = fmt::format("{}/{}", folder, name);
    if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

}  // namespace sockcr
