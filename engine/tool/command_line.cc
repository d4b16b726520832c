#include "engine/tool/command_line.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "engine/image/attributes.h"
#include "engine/sys/call.h"
#include "engine/tool/check_command.h"
#include "engine/tool/checkpoint_command.h"
#include "engine/tool/examples.h"
#include "engine/tool/gate_commands.h"
#include "engine/tool/image_commands.h"
#include "engine/tool/outcome.h"
#include "engine/tool/readdress_command.h"
#include "engine/tool/restore_command.h"

namespace sockcr {
namespace {

struct Arguments {
  std::string image, other, netns;
  bool json = false;
  CheckpointOptions checkpoint;
  RestoreOptions restore;
  RescueOptions rescue;
  ReaddressOptions readdress;
  ExitCode result = ExitCode::success;
};

std::string a_process(const std::string& value) {
  const bool positive = value.find_first_not_of("0123456789") == std::string::npos &&
                        value.find_first_not_of('0') != std::string::npos;
  return positive ? "" : fmt::format("{} is no process id", value);
}

std::string one_of_the_handoffs(const std::string& value) {
  const bool known =
      value == "same-fd" || value == "listen-fds" || value == "nginx" || value.starts_with("scm:");
  return known ? "" : fmt::format("{} is none of same-fd, listen-fds, nginx, scm:PATH", value);
}

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

constexpr std::size_t help_column = 32;
constexpr const char* md5_key_about = "keys of signed segments (RFC 2385), which no image holds";
constexpr const char* netns_about = "in this network namespace, for example /run/netns/NAME";

void add_check(CLI::App& app, Arguments& given) {
  CLI::App* const command = app.add_subcommand(
      "check", "what this kernel, these rights and this build can do; exits 0 or 1");
  command->add_flag("--json", given.json, "as JSON");
  command->callback([&] { given.result = check(given.json); });
}

void add_checkpoint(CLI::App& app, Arguments& given) {
  CheckpointOptions& options = given.checkpoint;
  CLI::App* const command = app.add_subcommand(
      "checkpoint", "write the sockets of programs to an image, and kill the programs");
  auto* const pids =
      command->add_option("--pid", options.pids, "programs, of one network namespace")
          ->type_name("PID")
          ->check(a_process);
  command->add_option("--fd", options.descriptors, "only these descriptors (not built yet)")
      ->type_name("N");
  command->add_flag("--tree", options.tree, "their descendants too")->needs(pids);
  command->add_option("--netns", options.netns, "instead: all of this network namespace")
      ->type_name("PATH")
      ->excludes(pids);
  command->add_option("-o", options.output, "image file; - is standard output")
      ->type_name("IMAGE")
      ->required();
  command->add_flag("--leave-running", options.leave_running, "kill nothing: programs run on");
  command->add_flag("--listen-only", options.listen_only, "listeners alone; connections as closed");
  command->add_option("--md5-key", options.md5_key, md5_key_about)->type_name("FILE");
  command->footer(checkpoint_examples);
  command->callback([&] {
    if (options.pids.empty() && options.netns.empty()) {
      throw CLI::ValidationError("checkpoint", "--pid or --netns is required");
    }
    given.result = checkpoint(options);
  });
}

void add_restore(CLI::App& app, Arguments& given) {
  RestoreOptions& options = given.restore;
  CLI::App* const command =
      app.add_subcommand("restore", "become a command that holds the sockets of an image");
  command->add_option("-i", options.image, "image file; - is standard input")
      ->type_name("IMAGE")
      ->required();
  command->add_option("--netns", options.netns, netns_about)->type_name("PATH");
  command->add_flag("--listen-only", options.listen_only, "listeners alone; connections as closed");
  command->add_option("--md5-key", options.md5_key, md5_key_about)->type_name("FILE");
  command
      ->add_option("--handoff", options.handoff,
                   "same-fd; not built yet: listen-fds, nginx, scm:PATH")
      ->type_name("HOW")
      ->check(one_of_the_handoffs)
      ->default_str("same-fd");
  command->add_option("COMMAND", options.command, "what shall hold the sockets")
      ->type_name("")
      ->required();
  command->footer(restore_examples);
  command->callback([&] { given.result = restore(options); });
}

void add_release(CLI::App& app, Arguments& given) {
  CLI::App* const command =
      app.add_subcommand("release", "give up on the source side: drop the gate");
  command->add_option("-i", given.image, "image file; - is standard input")
      ->type_name("IMAGE")
      ->required();
  command->add_option("--netns", given.netns, netns_about)->type_name("PATH");
  command->footer(release_examples);
  command->callback([&] { given.result = release(given.image, given.netns); });
}

void add_rescue(CLI::App& app, Arguments& given) {
  RescueOptions& options = given.rescue;
  CLI::App* const command = app.add_subcommand("rescue", "undo what a killed engine left");
  command->add_option("ID", options.image_ids, "images whose gates are opened");
  command->add_flag("--all", options.all, "open every gate");
  command->add_option("--netns", options.netns, netns_about)->type_name("PATH");
  command->footer(rescue_examples);
  command->callback([&] { given.result = rescue(options); });
}

void add_readdress(CLI::App& app, Arguments& given) {
  ReaddressOptions& options = given.readdress;
  CLI::App* const command =
      app.add_subcommand("readdress", "put another address in the place of one, in an image");
  command->add_option("IMAGE", options.image, "image file; - is standard input")->required();
  command->add_option("--from", options.from, "the address that the sockets have")
      ->type_name("ADDR")
      ->required();
  command->add_option("--to", options.to, "the address that they shall have")
      ->type_name("ADDR")
      ->required();
  command->add_option("-o", options.output, "image file; - is standard output")
      ->type_name("IMAGE")
      ->required();
  command->footer(readdress_examples);
  command->callback([&] { given.result = readdress_image(options); });
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

}  // namespace

ExitCode run_command_line(int argc, const char* const* argv) {
  CLI::App app("checkpoint and restore live sockets", "sockcr");
  Arguments given;
  app.set_version_flag("--version",
                       fmt::format("sockcr {}, image format {}", SOCKCR_VERSION, image_version));
  app.require_subcommand(1);
  app.get_formatter()->column_width(help_column);
  add_check(app, given);
  add_checkpoint(app, given);
  add_restore(app, given);
  add_release(app, given);
  add_rescue(app, given);
  add_show(app, given);
  add_diff(app, given);
  add_validate(app, given);
  add_readdress(app, given);
  return with_errors_told([&] {
    const ExitCode result = parse_and_run(app, given, argc, argv);
    call(
        "fflush", [] { return std::fflush(stdout); },
        [] { return std::string("standard output"); });
    return result;
  });
}

}  // namespace sockcr
