#include "scenarios/runner/text_reporter.h"

#include <fmt/format.h>
#include <array>

namespace sockcr::runner {
namespace {

using scenario::Verdict;

constexpr std::uint64_t few_cases = 50;     // one scenario in one kind of cut
constexpr std::uint64_t full_troubles = 3;  // of one reason; later ones are only counted
constexpr auto plain_progress_every = std::chrono::seconds(10);

struct Word {
  std::string_view text, colour;
};

Word word_of(Verdict verdict, const Palette& palette) {
  switch (verdict) {
    case Verdict::pass:
      return {"ok", palette.good};
    case Verdict::fail:
      return {"FAIL", palette.bad};
    case Verdict::xfail:
      return {"xfail", palette.good};
    case Verdict::xpass:
      return {"XPASS", palette.bad};
    case Verdict::skip:
      return {"skip", palette.warn};
    case Verdict::trouble:
      return {"trouble", palette.warn};
  }
  return {"?", ""};
}

std::string painted(std::string_view text, std::string_view colour, const Palette& palette) {
  if (colour.empty()) return std::string(text);
  return fmt::format("{}{}{}", colour, text, palette.reset);
}

std::string ms_text(double ms) {
  return ms < 10000 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.1f} s", ms / 1000);
}

void end_line(std::string& text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
}

}  // namespace

bool TextReporter::few() const { return facts_.total && *facts_.total <= few_cases; }

void TextReporter::begin(const RunFacts& facts) {
  facts_ = facts;
  last_progress_ = facts.started;
  const std::string often = !facts.total                 ? " again and again"
                            : *facts.total > facts.cases ? fmt::format(", {} in all", *facts.total)
                                                         : "";
  const std::string slow =
      (facts.virtual_time ? "  virtual time" : "") +
      (facts.slow_factor == 1 ? "" : fmt::format("  slow factor {:g}", facts.slow_factor));
  screen_.print(
      fmt::format("kernel {}  engine {}  cut {}  seed {}{}\n{} case{} of {} scenario{}{}, "
                  "{} at once\n",
                  facts.kernel, facts.engine, fmt::join(facts.cuts, ","), facts.seed, slow,
                  facts.cases, facts.cases == 1 ? "" : "s", facts.scenarios,
                  facts.scenarios == 1 ? "" : "s", often, facts.jobs));
}

void TextReporter::judged(const JudgedCase& judged, const Tally& so_far) {
  if (shows_in_full(judged)) {
    screen_.print((below_block_ ? "" : "\n") + full_text(judged));
    below_block_ = true;
  } else if (few()) {
    screen_.print(case_line(judged));
    below_block_ = false;
  }
  tick(so_far);
}

bool TextReporter::shows_in_full(const JudgedCase& judged) {
  const std::string name = facts_.cuts.size() > 1 ? judged.name + " " + judged.cut : judged.name;
  switch (judged.result.verdict) {
    case Verdict::fail:
    case Verdict::xpass:
      failures_.add(judged.result.reason, name);
      return true;
    case Verdict::trouble:
      return troubles_.add(judged.result.reason, name) < full_troubles;
    case Verdict::skip:
      skips_.add(judged.result.reason, name);
      return false;
    case Verdict::xfail:
      known_.add(judged.result.reason, name);
      return false;
    case Verdict::pass:
      return !judged.result.report.empty();  // somebody has asked for its trace
  }
  return true;
}

void TextReporter::tick(const Tally& so_far) {
  if (screen_.status_is_due()) {
    screen_.status(progress_line(progress(so_far), screen_.width(), screen_.palette()));
  }
  if (!screen_.is_terminal() && !few()) print_plain_progress(so_far);
}

void TextReporter::print_plain_progress(const Tally& so_far) {
  if (Clock::now() - last_progress_ < plain_progress_every) return;
  last_progress_ = Clock::now();
  screen_.print(progress_words(progress(so_far)) + "\n");
}

Progress TextReporter::progress(const Tally& so_far) const {
  const double seconds = std::chrono::duration<double>(Clock::now() - facts_.started).count();
  return {so_far.cases(), facts_.total, so_far.failures(), so_far.of(Verdict::trouble), seconds};
}

std::string TextReporter::case_line(const JudgedCase& judged) const {
  const Palette& palette = screen_.palette();
  const Word word = word_of(judged.result.verdict, palette);
  const std::string padded = fmt::format("{:<7}", word.text);
  std::string line =
      fmt::format("{} {:<{}}  {:<5} {:>8}", painted(padded, word.colour, palette), judged.name,
                  few() ? facts_.longest_name : 0, judged.cut, ms_text(judged.result.ms));
  if (judged.result.stall_ms) line += fmt::format("  stall {:.1f} ms", *judged.result.stall_ms);
  if (!judged.result.reason.empty()) line += "  " + judged.result.reason;
  return line + "\n";
}

std::string TextReporter::full_text(const JudgedCase& judged) const {
  std::string text = case_line(judged) + judged.result.report;
  end_line(text);
  const Palette& palette = screen_.palette();
  if (!judged.result.directory.empty()) {
    text += fmt::format("  {} {}\n", painted("left in   ", palette.dim, palette),
                        judged.result.directory);
  }
  return text +
         fmt::format("  {} {}\n\n", painted("rerun with", palette.dim, palette), judged.rerun);
}

std::string TextReporter::groups_text(std::string_view title, const ReasonGroups& reasons) const {
  std::string text;
  for (const auto& group : reasons.groups()) {
    const auto more = group.count - group.examples.size();
    const std::string rest = more > 0 ? fmt::format(" and {} more", more) : "";
    text += fmt::format("{} {}: {}\n    {}{}\n",
                        painted(title, screen_.palette().warn, screen_.palette()), group.count,
                        group.reason, fmt::join(group.examples, ", "), rest);
  }
  return text;
}

std::string TextReporter::summary(const Tally& tally, Ending ending) const {
  const Palette& palette = screen_.palette();
  const Progress all = progress(tally);
  std::string text;
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::xfail, Verdict::xpass,
                                Verdict::skip, Verdict::trouble}) {
    if (tally.of(verdict) == 0) continue;
    if (!text.empty()) text += ", ";
    const std::string part = fmt::format("{} {}", tally.of(verdict), to_text(verdict));
    text += painted(part, word_of(verdict, palette).colour, palette);
  }
  if (tally.judged() == 0) text += text.empty() ? "nothing was judged" : "; nothing was judged";
  const std::string planned = all.total ? fmt::format(" of {}", *all.total) : "";
  const std::string early = ending == Ending::interrupted ? "interrupted after "
                            : ending == Ending::stopped   ? "stopped after "
                                                          : "";
  return fmt::format("{}{}{} case{} in {:.1f} s ({:.0f}/s): {}\n", early, tally.cases(),
                     early.empty() ? "" : planned, tally.cases() == 1 ? "" : "s", all.seconds,
                     all.rate(), text);
}

void TextReporter::end(const Tally& tally, Ending ending) {
  std::string text;
  if (!few()) {  // what matters most stands last, where a cut log and a terminal still show it
    text += groups_text("failed as expected", known_) + groups_text("skipped", skips_) +
            groups_text("in trouble", troubles_) + groups_text("failed", failures_);
  }
  screen_.print(text + summary(tally, ending));
}

}  // namespace sockcr::runner
