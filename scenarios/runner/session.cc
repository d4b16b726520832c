#include "scenarios/runner/session.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/json_reporter.h"
#include "scenarios/runner/listing.h"
#include "scenarios/runner/rerun.h"
#include "scenarios/runner/text_reporter.h"

namespace sockcr::runner {
namespace {

std::unique_ptr<Reporter> make_reporter(Format format) {
  if (format == Format::json) return std::make_unique<JsonReporter>(stdout, stderr);
  return std::make_unique<TextReporter>(stdout);
}

Selection listed(const Catalogue& catalogue, Choice choice) {
  if (choice.names.empty()) choice.all = true;
  return select(catalogue, choice);
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

int act(const Catalogue& catalogue, const Options& options, const Caller& caller) {
  if (options.action == Action::list) {
    print(list_cases(catalogue, listed(catalogue, options.choice).cases, options.format));
    return exit_good;
  }
  if (options.action == Action::list_engines) {
    print(list_engines(catalogue, options.format));
    return exit_good;
  }
  const Selection selection = select(catalogue, options.choice);
  return run(catalogue, selection, options, caller, *make_reporter(options.format));
}

}  // namespace

int carry_out(const Catalogue& catalogue, const Options& options, const Caller& caller) {
  const int code = act(catalogue, options, caller);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fprintf(stderr, "%s: standard output could not be written\n", caller.command.c_str());
  return exit_cannot_judge;
}

int guarded_main(const std::string& program, const std::function<int()>& body) {
  try {
    return body();
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), error.what());
    return exit_cannot_judge;
  }
}

std::string command_of(const std::string& invoked) {
  const char* scenarios = std::getenv("SOCKCR_SCENARIOS");
  const bool chosen = scenarios != nullptr && *scenarios != '\0';
  return (chosen ? "SOCKCR_SCENARIOS=" + shell_quoted(scenarios) + " " : "") +
         shell_quoted(invoked);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace sockcr::runner
