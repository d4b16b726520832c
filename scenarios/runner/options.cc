#include "scenarios/runner/options.h"

#include <fmt/format.h>
#include <sched.h>
#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdio>

#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/option_values.h"
#include "scenarios/runner/suggestion.h"
#include "scenarios/runner/unbuilt.h"

namespace sockcr::runner {
namespace {

// What CLI11 fills in before it becomes Options.
struct Raw {
  Options options;
  bool list = false, list_engines = false, check_expectations = false, no_expectations = false;
  std::string expectations, explain;
  std::string cut = "once", shard, format = "text", exit_style = "bisect";
  Unbuilt unbuilt;
};

constexpr const char* what_group = "What to run";
constexpr const char* cut_group = "How each case runs";
constexpr const char* order_group = "In which order, and how often";
constexpr const char* known_group = "What is known";
constexpr const char* output_group = "What comes out";

void add_selection(CLI::App& app, Raw& raw) {
  Choice& choice = raw.options.choice;
  app.add_option("names", choice.names, "cases to run: a scenario, or one variant of it")
      ->type_name("NAME[.VARIANT]...")
      ->option_text("  ");
  app.add_flag("--all", choice.all, "every scenario, default cover")->group(what_group);
  app.add_option("--show", raw.options.show, "the timeline in words; needs no privilege")
      ->type_name("NAME")
      ->group(what_group);
  app.add_option("--explain", raw.explain, "the same, each step with its reason")
      ->type_name("NAME")
      ->group(what_group);
}

void add_own_selection(CLI::App& app, Raw& raw) {
  app.add_option("variants", raw.options.choice.names, "variants to run; default: the cover")
      ->type_name("VARIANT...")
      ->option_text("  ");
  app.add_option("--show", raw.options.show, "the timeline of a variant in words")
      ->type_name("VARIANT")
      ->group(what_group);
  app.add_option("--explain", raw.explain, "the same, each step with its reason")
      ->type_name("VARIANT")
      ->group(what_group);
}

void add_what(CLI::App& app, Raw& raw) {
  app.add_flag("--exhaustive", raw.options.choice.exhaustive, "the whole product of variants")
      ->group(what_group);
  app.add_flag("--long", raw.options.choice.long_ones,
               "also what waits for real seconds, or for hours")
      ->group(what_group);
  app.add_option("--walk", raw.options.walk, "N random conversations; the k-th is that of seed + k")
      ->type_name("N")
      ->check(whole_number(1))
      ->group(what_group);
  app.add_flag("--list", raw.list, "the cases, one a line")->group(what_group);
  app.add_flag("--list-engines", raw.list_engines, "the engines, one a line, broken ones included")
      ->group(what_group);
}

void add_how(CLI::App& app, Raw& raw) {
  Options& options = raw.options;
  app.add_option("--cut", raw.cut, "none, once, twice or elsewhere: a comma list")
      ->type_name("CUT")
      ->default_str("once")
      ->group(cut_group);
  app.add_option("--engine", options.choice.engine, "native, broken:NAME or criu[:PATH]")
      ->type_name("ENGINE")
      ->default_str("native")
      ->group(cut_group);
  app.add_option("--gate", options.gate, "iptables, nft or link")
      ->type_name("GATE")
      ->check(one_of({"iptables", "nft", "link"}))
      ->default_str("iptables")
      ->group(cut_group);
  app.add_option("--kernel", options.kernel,
                 "in a guest with that kernel, 4 cases at once: User-mode Linux,\n"
                 "vmlinux or bzImage (ci/build-kernel), or debian:VERSION")
      ->type_name("IMAGE")
      ->group(cut_group);
  app.add_flag("--virtual-time", options.choice.virtual_time,
               "with a User-mode Linux: its clock jumps to the next timer.\n"
               "Also what --long adds, and nobody waits for it")
      ->group(cut_group);
  app.add_option("--slow-factor", options.slow_factor,
                 "multiplies every deadline; default: as measured at start")
      ->type_name("F")
      ->check(factor(0.01, 10000))
      ->group(cut_group);
  app.add_flag("--keep", options.keep, "leave a directory after a pass too")->group(cut_group);
  app.add_flag("--trace", options.trace, "report the system calls of the cut")->group(cut_group);
  app.add_flag("--compare", options.compare, "run the control too, and compare what the peer saw")
      ->group(cut_group);
  app.add_flag("--profile", options.profile, "where the time of the cases went")->group(cut_group);
  app.add_flag("!--no-compare-images", options.compare_images,
               "let the wire and the timeline judge alone")
      ->group(cut_group);
}

void add_order(CLI::App& app, Raw& raw) {
  Options& options = raw.options;
  app.add_option("-j,--jobs", options.jobs, "cases at once; default: 4 a core")
      ->type_name("N")
      ->check(whole_number(1, 4096))
      ->group(order_group);
  app.add_option("--seed", options.seed, "of contents and of --shuffle; round k adds k")
      ->type_name("N")
      ->check(whole_number(0))
      ->default_str("1")
      ->group(order_group);
  app.add_option("--repeat", options.repeat, "run everything N times")
      ->type_name("N")
      ->check(whole_number(1))
      ->group(order_group);
  app.add_flag("--until-fail", options.until_fail, "again and again, until a case fails")
      ->group(order_group);
  app.add_option("--max-failures", options.max_failures, "stop after N failures")
      ->type_name("N")
      ->check(whole_number(1))
      ->group(order_group);
  app.add_flag("--shuffle", options.shuffle, "in an order that the seed decides")
      ->group(order_group);
  app.add_option("--shard", raw.shard, "only part I of N parts")
      ->type_name("I/N")
      ->group(order_group);
}

void add_output(CLI::App& app, Raw& raw) {
  app.add_option("--format", raw.format, "text, ktap (a scenario when all its cases ended) or json")
      ->type_name("FORMAT")
      ->check(one_of({"text", "ktap", "json"}))
      ->default_str("text")
      ->group(output_group);
  app.add_option("--exit-style", raw.exit_style, "bisect or ksft")
      ->type_name("STYLE")
      ->check(one_of({"bisect", "ksft"}))
      ->default_str("bisect")
      ->group(output_group);
  app.add_option("--junit", raw.options.junit, "JUnit XML too, written at the end")
      ->type_name("FILE")
      ->group(output_group);
}

void add_known(CLI::App& app, Raw& raw) {
  app.add_option("--expectations", raw.expectations,
                 "what is known to fail or to be skipped, and where;\n"
                 "default: expectations.json beside this program")
      ->type_name("FILE")
      ->group(known_group);
  app.add_flag("--no-expectations", raw.no_expectations, "a known failure is a failure")
      ->group(known_group);
  app.add_flag("--strict", raw.options.strict, "a skip that nobody expects is trouble")
      ->group(known_group);
  app.add_flag("--check-expectations", raw.check_expectations, "which of them match no case")
      ->group(known_group);
}

constexpr const char* footer =
    "Exit: 0 good; 1 a case failed; 125 trouble, or nothing was judged; 129 wrong usage;\n"
    "130 interrupted. With --exit-style ksft, as kselftest.h has it: 0 good; 1 a case failed or\n"
    "ended in trouble (4, a skip, would hide it); 2 all that was judged failed as expected;\n"
    "4 nothing was judged. A failing case leaves run-scenario.out/CASE/.";

Action action_of(const Raw& raw) {
  if (raw.list) return Action::list;
  if (raw.list_engines) return Action::list_engines;
  if (raw.check_expectations) return Action::check_expectations;
  if (!raw.explain.empty()) return Action::explain;
  return raw.options.show.empty() ? Action::run : Action::show;
}

// A walk chooses its conversations itself, each by a seed.
void refuse_beside_a_walk(const Options& options) {
  const bool chooses = !options.choice.names.empty() || options.choice.all ||
                       options.choice.exhaustive || options.action != Action::run;
  const bool orders = options.repeat || options.shuffle || options.shard.count != 1;
  if (!options.walk || (!chooses && !orders)) return;
  throw UsageError(
      "--walk makes its own conversations, one a seed: it takes no names, nor --all, --exhaustive, "
      "--show, --list, --list-engines, --repeat, --shuffle, --shard");
}

// Lists and timelines run nothing.
void refuse_virtual_time_of_here(const Options& options) {
  if (!options.virtual_time() || !options.kernel.empty() || options.action != Action::run) return;
  throw UsageError(
      "--virtual-time needs --kernel with a User-mode Linux (ci/build-kernel TREE -o DIR makes "
      "DIR/linux): the clock of the running kernel cannot jump");
}

std::uint64_t jobs_for(const Options& options) {
  if (options.kernel.empty()) return usual_jobs();
  return options.virtual_time() ? virtual_time_jobs : guest_jobs;
}

std::string unknown_argument(const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string argument = app.remaining().empty() ? "" : app.remaining().front();
  return fmt::format("there is no option {}{}", argument, did_you_mean(argument, known));
}

Format format_of(const std::string& word) {
  if (word == "json") return Format::json;
  return word == "ktap" ? Format::ktap : Format::text;
}

std::optional<std::string> expectations_of(const Raw& raw) {
  if (raw.no_expectations && !raw.expectations.empty()) {
    throw UsageError("--expectations FILE and --no-expectations exclude each other");
  }
  if (raw.no_expectations) return "";
  return raw.expectations.empty() ? std::nullopt : std::optional(raw.expectations);
}

Options options_of(Raw& raw) {
  Options options = raw.options;
  options.cuts = parse_cuts(raw.cut);
  raw.unbuilt.refuse_values({{"--gate", {options.gate}}});
  raw.unbuilt.refuse();
  options.action = action_of(raw);
  if (options.action == Action::explain) options.show = raw.explain;
  options.format = format_of(raw.format);
  options.exit_style = raw.exit_style == "ksft" ? ExitStyle::ksft : ExitStyle::bisect;
  options.expectations = expectations_of(raw);
  if (!raw.shard.empty()) options.shard = parse_shard(raw.shard);
  refuse_virtual_time_of_here(options);
  if (options.jobs == 0) options.jobs = jobs_for(options);
  refuse_beside_a_walk(options);
  return options;
}

}  // namespace

std::optional<std::uint64_t> Options::rounds() const {
  if (walk) return walk;
  if (repeat) return repeat;
  return until_fail ? std::nullopt : std::optional<std::uint64_t>(1);
}

std::optional<std::uint64_t> Options::stop_after() const {
  return until_fail ? std::optional<std::uint64_t>(1) : max_failures;
}

Options parse_options(Asked asked, const std::string& program, int argc, char** argv) {
  Raw raw;
  CLI::App app("Checkpoint and restore live sockets over a real wire, and judge what the peer saw.",
               program);
  app.footer(footer);
  app.set_help_flag("-h,--help", "this text");
  app.get_formatter()->column_width(34);
  asked == Asked::everything ? add_selection(app, raw) : add_own_selection(app, raw);
  add_what(app, raw);
  add_how(app, raw);
  add_order(app, raw);
  add_known(app, raw);
  add_output(app, raw);
  raw.unbuilt.add_to(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    raw.options.action = Action::stop;
    return raw.options;
  } catch (const CLI::ExtrasError&) {
    throw UsageError(unknown_argument(app) + " (--help shows all)");
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{} (--help shows all options)", error.what()));
  }
  return options_of(raw);
}

std::uint64_t usual_jobs() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  const bool known = ::sched_getaffinity(0, sizeof usable, &usable) == 0;
  return 4 * static_cast<std::uint64_t>(known ? std::max(CPU_COUNT(&usable), 1) : 1);
}

}  // namespace sockcr::runner
