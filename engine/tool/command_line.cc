#include "engine/tool/command_line.h"

#include <fmt/format.h>
#include <array>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "engine/image/attributes.h"
#include "engine/image/image_error.h"
#include "engine/sys/call.h"
#include "engine/tool/image_commands.h"

namespace sockcr {
namespace {

struct Announced {
  const char* name;
  const char* about;
};

// Part of the contract, so that scripts and --help know them; they say that they are not built yet.
constexpr std::array announced{
    Announced{"check", "what this kernel, these rights and this build can do"},
    Announced{"checkpoint", "write the sockets of a process to an image"},
    Announced{"restore", "start a command with the sockets of an image"},
    Announced{"release", "give up on the source side: drop the gate"},
    Announced{"rescue", "undo what a killed engine left"},
};

struct Arguments {
  std::string image, other;
  bool json = false;
  ExitCode result = ExitCode::success;
};

void add_show(CLI::App& app, Arguments& given) {
  CLI::App* const show =
      app.add_subcommand("show", "print an image in the words of ss and tcpdump");
  show->add_option("IMAGE", given.image, "image file; - is standard input")->required();
  show->add_flag("--json", given.json, "everything, as JSON");
  show->callback([&] { given.result = show_image(given.image, given.json); });
}

void add_diff(CLI::App& app, Arguments& given) {
  CLI::App* const diff =
      app.add_subcommand("diff", "compare the sockets of two images, field by field; exits 0 or 1");
  diff->add_option("A", given.image, "image file; - is standard input")->required();
  diff->add_option("B", given.other, "image file; - is standard input")->required();
  diff->callback([&] {
    if (given.image == "-" && given.other == "-") {
      throw CLI::ValidationError("diff", "only one image can come from standard input");
    }
    given.result = diff_images(given.image, given.other);
  });
}

void add_validate(CLI::App& app, Arguments& given) {
  CLI::App* const validate =
      app.add_subcommand("validate", "say whether an image can be restored; exits 0 or 1");
  validate->add_option("IMAGE", given.image, "image file; - is standard input")->required();
  validate->callback([&] { given.result = validate_image(given.image); });
}

void add_announced(CLI::App& app, Arguments& given) {
  for (const Announced& one : announced) {
    CLI::App* const command = app.add_subcommand(one.name, one.about);
    command->prefix_command();
    command->callback([&given, name = one.name] {
      fmt::print(stderr, "sockcr: {} is not built yet\n", name);
      given.result = ExitCode::wrong_use;
    });
  }
}

// CLI11 finds the missing command first and the unknown one never.
std::string message_of(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining();
  if (!app.get_subcommands().empty() || unknown.empty()) return error.what();
  return fmt::format("no command or option {}", unknown.front());
}

ExitCode wrong_use(const CLI::App& app, const CLI::ParseError& error) {
  fmt::print(stderr, "sockcr: {}; see sockcr --help\n", message_of(app, error));
  return ExitCode::wrong_use;
}

ExitCode parse_and_run(CLI::App& app, const Arguments& given, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return given.result;
  } catch (const CLI::Success& asked) {  // --help, --version
    app.exit(asked);
    return ExitCode::success;
  } catch (const CLI::ParseError& error) {
    return wrong_use(app, error);
  }
}

ExitCode trouble(const std::exception& error) {
  fmt::print(stderr, "sockcr: {}\n", error.what());
  return ExitCode::trouble;
}

}  // namespace

ExitCode run_command_line(int argc, const char* const* argv) {
  CLI::App app("checkpoint and restore live sockets", "sockcr");
  Arguments given;
  app.set_version_flag("--version",
                       fmt::format("sockcr {}, image format {}", SOCKCR_VERSION, image_version));
  app.require_subcommand(1);
  add_announced(app, given);
  add_show(app, given);
  add_diff(app, given);
  add_validate(app, given);
  try {
    const ExitCode result = parse_and_run(app, given, argc, argv);
    call(
        "fflush", [] { return std::fflush(stdout); },
        [] { return std::string("standard output"); });
    return result;
  } catch (const std::exception& error) {
    return trouble(error);
  }
}

}  // namespace sockcr
