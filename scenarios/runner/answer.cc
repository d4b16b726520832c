#include "scenarios/runner/answer.h"

#include <fmt/format.h>
#include <algorithm>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

namespace sockcr::runner {
namespace {

using scenario::CaseResult;
using scenario::Verdict;

// What a case prints may be anything; a terminal, a log and JSON want text.
std::string as_utf8(std::string_view bytes) {
  return nlohmann::json::parse(scenario::to_line(bytes)).get<std::string>();
}

std::string with_last_words(std::string reason, std::string_view diagnostics) {
  const std::string words = last_line(diagnostics);
  return words.empty() ? reason : fmt::format("{}: {}", reason, words);
}

CaseResult trouble(const std::string& reason, const Ended& ended) {
  CaseResult result;
  result.verdict = Verdict::trouble;
  result.reason = with_last_words(reason, ended.diagnostics);
  if (one_line(ended.diagnostics) != last_line(ended.diagnostics)) {
    result.report = as_utf8(ended.diagnostics);
  }
  return result;
}

CaseResult without_answer(const Ended& ended, Clock::duration limit) {
  if (ended.timed_out) {
    const auto seconds = std::chrono::duration<double>(limit).count();
    return trouble(fmt::format("no answer within {:g} s", seconds), ended);
  }
  return trouble(end_text(ended.exit) + " without a result", ended);
}

CaseResult result_of(const KernelFault& fault, std::string_view release) {
  CaseResult result;
  result.verdict = fault.is_violation ? Verdict::fail : Verdict::trouble;
  result.reason = one_line(fault.reason);
  if (!fault.trace.empty()) result.report = "the console of the guest:\n" + as_utf8(fault.trace);
  result.directory = fault.directory;
  result.kernel = release;
  return result;
}

CaseResult read_answer(const Ended& ended) {
  try {
    return nlohmann::json::parse(ended.answer).get<CaseResult>();
  } catch (const nlohmann::json::exception& error) {
    const std::string start = one_line(std::string_view(ended.answer).substr(0, 60));
    CaseResult result = trouble(fmt::format("its answer is no result (\"{}\")", start), ended);
    result.report += fmt::format("\n{}\n", as_utf8(error.what()));
    return result;
  }
}

bool ended_well(const Ended& ended) {
  return !ended.timed_out && ended.exit.code == 0 && ended.exit.signal == 0;
}

CaseResult spoiled(const CaseResult& said, const Ended& ended, Clock::duration limit) {
  const std::string end =
      ended.timed_out
          ? fmt::format("did not end within {:g} s", std::chrono::duration<double>(limit).count())
          : end_text(ended.exit);
  return trouble(fmt::format("said {}, then {}", to_text(said.verdict), end), ended);
}

bool claims_health(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::xpass || verdict == Verdict::skip;
}

}  // namespace

CaseResult result_of(const Ended& ended, Clock::duration limit, std::string_view release) {
  if (ended.fault) return result_of(*ended.fault, release);
  CaseResult result = ended.answer.empty() ? without_answer(ended, limit) : read_answer(ended);
  if (claims_health(result.verdict) && !ended_well(ended)) result = spoiled(result, ended, limit);
  result.reason = one_line(result.reason);
  if (result.kernel.empty()) result.kernel = release;
  if (!result.profile.empty()) result.profile["process"] = milliseconds(ended.took) - result.ms;
  if (result.ms <= 0) result.ms = milliseconds(ended.took);
  return result;
}

std::string end_text(const ChildProcess::Exit& exit) {
  if (exit.signal == 0) return fmt::format("exited with {}", exit.code);
  const char* name = ::sigabbrev_np(exit.signal);
  return name != nullptr ? fmt::format("died by SIG{}", name)
                         : fmt::format("died by signal {}", exit.signal);
}

std::string last_line(std::string_view text) {
  while (!text.empty()) {
    const auto newline = text.find_last_of('\n');
    std::string line = one_line(text.substr(newline == text.npos ? 0 : newline + 1));
    if (!line.empty()) return line;
    text = text.substr(0, newline == text.npos ? 0 : newline);
  }
  return "";
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : as_utf8(text)) {
    const bool blank = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : control ? '?' : c;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace sockcr::runner
