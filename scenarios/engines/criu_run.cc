#include "scenarios/engines/criu_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "engine/sys/call.h"
#include "engine/sys/program.h"
#include "engine/sys/trace.h"

namespace sockcr::scenario {
namespace {

namespace fs = std::filesystem;

// Said while it finds out what the kernel can do, and at the end of every failure.
constexpr const char* usual_words[] = {"tun: Unable to create tun", "tun: Can't check tun support",
                                       "Dumping FAILED", "Restoring FAILED"};

// What CRIU declares not to do, in its own words, before it has touched a socket for good.
constexpr const char* refusals[] = {
    "Only stream, dgram and raw are supported",
    "Only stream/dgram/seqpacket are supported",
    "Unsupported proto",
    "Unsupported socket family",
    "Unsupported socket type",
    "Unknown socket collected",
    "Can't dump corked dgram socket",
    "In-flight connection (l)",
    "Control messages in queue, not supported",
    "Multiple MC membership not supported",
    "Can't dump half of stream unix connection",
    "External socket is used",
    "Ext stream not supported",
    "Can't dump name-less external socket",
};

constexpr std::size_t most_words = 4;

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

FileDescriptor open_file(const fs::path& path, int flags) {
  return FileDescriptor(call(
      "open", [&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); },
      [&] { return fmt::format("\"{}\"", path.string()); }));
}

template <std::size_t n>
bool has_one_of(const std::string& text, const char* const (&phrases)[n]) {
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](const char* phrase) { return text.find(phrase) != text.npos; });
}

ChildProcess start(const std::vector<std::string>& arguments, const fs::path& output) {
  const Program program(arguments);
  if (Trace* trace = Trace::current()) trace->remark(program.to_text());
  const Trace::Scope quiet(nullptr);
  const FileDescriptor nothing = open_file("/dev/null", O_RDONLY);
  const FileDescriptor words = open_file(output, O_WRONLY | O_CREAT | O_TRUNC);
  return Program(program)
      .inherit(STDIN_FILENO, nothing.get())
      .inherit(STDOUT_FILENO, words.get())
      .inherit(STDERR_FILENO, words.get())
      .start();
}

std::vector<std::string> arguments_of(const std::string& program, const std::string& action,
                                      const std::vector<std::string>& more,
                                      const fs::path& folder) {
  std::vector<std::string> all{program, action, "--images-dir", folder.string()};
  all.insert(all.end(), {"--log-file", action + ".log", "-v4", "--manage-cgroups=ignore"});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

std::vector<std::string> criu_errors_in(const std::string& log) {
  static const std::regex error(R"(^(?:\([0-9.]+\) )?(?:pie: [0-9]+: )?Error \([^)]*\): (.*)$)");
  std::vector<std::string> errors;
  std::istringstream lines(log);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, error) && !has_one_of(line, usual_words)) {
      errors.push_back(match[1]);
    }
  }
  return errors;
}

std::optional<std::string> refusal_in(const std::vector<std::string>& errors) {
  const auto found = std::find_if(errors.begin(), errors.end(), [](const std::string& error) {
    return has_one_of(error, refusals);
  });
  return found == errors.end() ? std::nullopt : std::optional(*found);
}

CriuRun::CriuRun(const std::string& program, const std::string& action,
                 const std::vector<std::string>& more, const fs::path& folder)
    : log_(folder / (action + ".log")),
      output_(folder / (action + ".out")),
      process_(start(arguments_of(program, action, more, folder), output_)) {}

bool CriuRun::succeeds_within(Clock::duration limit) {
  if (!exit_ && !process_.pidfd().ended_within(limit)) return false;
  if (!exit_) exit_ = process_.wait();
  return exit_->signal == 0 && exit_->code == 0;
}

std::vector<std::string> CriuRun::errors() const {
  const std::vector<std::string> logged = criu_errors_in(contents(log_));
  return logged.empty() ? criu_errors_in(contents(output_)) : logged;
}

std::string CriuRun::last_words() const {
  const std::vector<std::string> all = errors();
  const auto count = static_cast<std::ptrdiff_t>(std::min(all.size(), most_words));
  if (count > 0) return fmt::format("{}", fmt::join(all.end() - count, all.end(), "; "));
  if (!exit_) return "it does not end";
  return exit_->signal != 0 ? fmt::format("killed by signal {}", exit_->signal)
                            : fmt::format("exit code {}, and no word", exit_->code);
}

}  // namespace sockcr::scenario
