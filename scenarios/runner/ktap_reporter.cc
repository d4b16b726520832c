#include "scenarios/runner/ktap_reporter.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <string_view>

namespace sockcr::runner {
namespace {

using scenario::Verdict;

constexpr std::string_view indent = "  ";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Kernel CI looks for these words anywhere in an output, and would take a passing one for another.
std::string without_alarm(std::string text) {
  for (const std::string_view word : {"FAILED", "FAIL", "SKIP", "XFAIL", "XPASS"}) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      const auto end = at + word.size();
      if ((at > 0 && is_word(text[at - 1])) || (end < text.size() && is_word(text[end]))) continue;
      std::transform(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(end),
                     text.begin() + static_cast<std::ptrdiff_t>(at),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    }
  }
  return text;
}

// A hash sign ends a description.
std::string description(std::string name) {
  std::replace(name.begin(), name.end(), '#', '_');
  return name;
}

// The bar keeps a line of a report from being read as a result ("ok  7.2 ms  restore ours").
std::string diagnostics(const std::string& report) {
  std::string text;
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) {
    text += fmt::format("{}# |{}{}\n", indent, line.empty() ? "" : " ", line);
  }
  return text;
}

std::string measured(const JudgedCase& judged) {
  const scenario::CaseResult& result = judged.result;
  std::string text = fmt::format("ms={:.0f}", result.ms);
  if (result.stall_ms) text += fmt::format(" stall_ms={:.1f}", *result.stall_ms);
  if (!result.reason.empty()) text += " " + without_alarm(result.reason);
  return text;
}

struct Outcome {
  std::string_view result;
  std::string data;
};

Outcome outcome_of(const JudgedCase& judged) {
  const std::string& reason = judged.result.reason;
  switch (judged.result.verdict) {
    case Verdict::pass:
      return {"ok", measured(judged)};
    case Verdict::fail:
      return {"not ok", "violation: " + reason};
    case Verdict::xfail:
      return {"ok", "XFAIL " + without_alarm(reason)};
    case Verdict::xpass:
      return {"not ok", "unexpected pass: " + reason};
    case Verdict::skip:
      return {"ok", "SKIP " + reason};
    case Verdict::trouble:
      break;
  }
  return {"not ok", "ERROR " + reason};
}

bool deserves_a_report(Verdict verdict) {
  return verdict == Verdict::fail || verdict == Verdict::xpass || verdict == Verdict::trouble;
}

std::string diagnostics_of(const JudgedCase& judged) {
  const bool bad = deserves_a_report(judged.result.verdict);
  std::string text = diagnostics(bad ? judged.result.report : without_alarm(judged.result.report));
  if (!bad) return text;
  if (!judged.result.directory.empty())
    text += diagnostics("left in    " + judged.result.directory);
  return text + diagnostics("rerun with " + judged.rerun);
}

std::string subtest(const JudgedCase& judged, std::uint64_t number) {
  const Outcome outcome = outcome_of(judged);
  return fmt::format("{}{}{} {} {} # {}\n", diagnostics_of(judged), indent, outcome.result, number,
                     description(judged.scenario + "." + name_in_block(judged)), outcome.data);
}

// The result of a test bubbles up from its subtests.
std::string parent_result(const Block& block, std::uint64_t number) {
  const Tally tally = block.tally();
  const auto line = [&](std::string_view result, const std::string& data) {
    return fmt::format("{} {} {}{}\n", result, number, description(block.name()), data);
  };
  if (tally.failures() > 0) {
    return line("not ok", fmt::format(" # {} of {} failed", tally.failures(), tally.cases()));
  }
  if (tally.of(Verdict::trouble) > 0) {
    return line("not ok", fmt::format(" # ERROR {} of {} could not be judged",
                                      tally.of(Verdict::trouble), tally.cases()));
  }
  if (!block.is_complete()) {
    return line("not ok",
                fmt::format(" # ERROR ended early, after {} of {}", tally.cases(), block.planned));
  }
  return line("ok", tally.judged() == 0 ? " # SKIP no case could be judged" : "");
}

}  // namespace

std::string ktap_totals(const Tally& tally) {
  return fmt::format("# Totals: pass:{} fail:{} xfail:{} xpass:{} skip:{} error:{}\n",
                     tally.of(Verdict::pass), tally.of(Verdict::fail), tally.of(Verdict::xfail),
                     tally.of(Verdict::xpass), tally.of(Verdict::skip), tally.of(Verdict::trouble));
}

std::string ktap_block(const Block& block, std::uint64_t number) {
  std::string text = fmt::format("{0}KTAP version 1\n{0}1..{1}\n{0}# Subtest: {2}\n", indent,
                                 block.planned, block.name());
  std::uint64_t place = 0;
  for (const JudgedCase& judged : block.cases) text += subtest(judged, ++place);
  return text + fmt::format("{}{}", indent, ktap_totals(block.tally())) +
         parent_result(block, number);
}

void KtapReporter::begin(const RunFacts& facts) {
  blocks_.begin(facts);
  bar_.begin(facts);
  cases_ = facts.total;
  const auto planned = blocks_.planned();
  print("KTAP version 1\n" + (planned ? fmt::format("1..{}\n", *planned) : "") +
        fmt::format("# kernel {}, engine {}, cut {}, gate {}, seed {}, slow factor {:g}{}\n",
                    facts.kernel, facts.engine, fmt::join(facts.cuts, ","), facts.gate, facts.seed,
                    facts.slow_factor, facts.virtual_time ? ", virtual time" : ""));
}

void KtapReporter::judged(const JudgedCase& judged, const Tally& so_far) {
  if (const auto complete = blocks_.add(judged)) print(ktap_block(*complete, ++printed_));
  tick(so_far);
}

void KtapReporter::end(const Tally& tally, Ending ending) {
  for (const Block& block : blocks_.take_rest()) print(ktap_block(block, ++printed_));
  print(ktap_totals(tally));
  if (ending == Ending::complete) return;
  const std::string planned = cases_ ? fmt::format(" of {}", *cases_) : "";
  print(fmt::format("Bail out! {} after {}{} cases\n",
                    ending == Ending::interrupted ? "interrupted" : "stopped", tally.cases(),
                    planned));
}

void KtapReporter::print(const std::string& text) {
  bar_.clear();
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

}  // namespace sockcr::runner
