#include "scenarios/runner/scenario_main.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/sys/error.h"
#include "engine/sys/kernel_release.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/program_path.h"
#include "scenarios/runner/session.h"

namespace sockcr::scenario {
namespace {

using namespace runner;

constexpr int answer_descriptor = 3;

// Descriptor 3 of a process that the runner started; standard output of one started by hand.
FileDescriptor answer_channel() {
  const int there = ::fcntl(answer_descriptor, F_GETFD) >= 0 ? answer_descriptor : STDOUT_FILENO;
  FileDescriptor channel(::fcntl(there, F_DUPFD_CLOEXEC, 100));
  if (there == answer_descriptor) ::close(answer_descriptor);
  return channel;
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw SystemError("write", "the result of the case", errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

CaseResult result_without_verdict(Verdict verdict, const std::exception& error) {
  CaseResult result;
  result.verdict = verdict;
  result.reason = one_line(error.what());
  result.kernel = kernel_release();
  return result;
}

CaseResult run_guarded(const ScenarioHooks& hooks, const CaseRequest& request) {
  try {
    return hooks.run(request);
  } catch (const Unsupported& error) {
    return result_without_verdict(Verdict::skip, error);
  } catch (const std::exception& error) {
    return result_without_verdict(Verdict::trouble, error);
  }
}

int run_one(const ScenarioHooks& hooks, const std::string& request_text) {
  leave_to_the_runner();
  const FileDescriptor channel = answer_channel();
  const auto request = nlohmann::json::parse(request_text).get<CaseRequest>();
  const nlohmann::json answer = run_guarded(hooks, request);
  std::fflush(stdout);  // where that is the channel too, the answer is the last line
  write_all(channel.get(), to_line(answer) + "\n");
  return exit_good;
}

int print_timeline(const ScenarioHooks& hooks, const std::string& variant) {
  std::fputs(hooks.timeline(variant).c_str(), stdout);
  return exit_good;
}

int print_explanation(const ScenarioHooks& hooks, const std::string& variant) {
  if (!hooks.explanation) return print_timeline(hooks, variant);
  std::fputs(hooks.explanation(variant).c_str(), stdout);
  return exit_good;
}

// A variant may be given as NAME.VARIANT too, as it is printed.
void name_in_full(std::string& variant, const std::string& scenario) {
  if (!variant.starts_with(scenario + ".")) variant = scenario + "." + variant;
}

int behave_as_runner(const ScenarioHooks& hooks, const std::string& program, int argc,
                     char** argv) {
  Options options = parse_options(Asked::one_scenario, program, argc, argv);
  if (options.action == Action::stop) return exit_good;
  Catalogue catalogue{{scenario_from(hooks.describe(), program_path())}, {}};
  const std::string& name = catalogue.scenarios.front().name;
  for (std::string& variant : options.choice.names) name_in_full(variant, name);
  if (options.action == Action::show || options.action == Action::explain) {
    name_in_full(options.show, name);
    const CaseId id = select(catalogue, {.names = {options.show}, .long_ones = true}).cases.front();
    const std::string& variant = catalogue.scenarios.front().variants[id.variant].name;
    return options.action == Action::show ? print_timeline(hooks, variant)
                                          : print_explanation(hooks, variant);
  }
  if (options.choice.names.empty()) options.choice.all = true;
  return carry_out(catalogue, options, {command_of(argv[0]), false});
}

int dispatch(const ScenarioHooks& hooks, const std::string& program, int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--describe" && argc == 2) {
    std::puts(to_line(hooks.describe()).c_str());
    return exit_good;
  }
  if (first == "--run-one" && argc == 3) return run_one(hooks, argv[2]);
  if (first == "--timeline" && argc == 3) return print_timeline(hooks, argv[2]);
  if (first == "--explanation" && argc == 3) return print_explanation(hooks, argv[2]);
  return behave_as_runner(hooks, program, argc, argv);
}

}  // namespace

int scenario_main(const ScenarioHooks& hooks, int argc, char** argv) {
  const std::string program = base_name(argv[0]);
  return guarded_main(program, [&] { return dispatch(hooks, program, argc, argv); });
}

}  // namespace sockcr::scenario
