#include "scenarios/runner/control.h"

#include <fmt/format.h>

#include "pcap/comparison/comparison.h"

namespace sockcr::runner {

using scenario::CaseRequest;
using scenario::CaseResult;
using scenario::Verdict;

namespace {

std::string text_of(const std::vector<pcap::Difference>& differences) {
  std::string text = "\nwhat the peer could tell:\n";
  for (const pcap::Difference& each : differences) text += "  " + to_text(each) + "\n";
  return text;
}

}  // namespace

bool is_control(const CaseRequest& request) { return request.cut == "none"; }

CaseRequest control_of(const CaseRequest& request) {
  CaseRequest control = request;
  control.cut = "none";
  control.engine = "native";
  control.keep = request.compare;  // two captures, to be held against each other
  control.trace = false;
  if (!control.directory.empty()) control.directory += "/control";
  return control;
}

CaseResult judged_with(const CaseResult& failure, const CaseResult& control) {
  if (control.verdict == Verdict::pass || control.verdict == Verdict::xpass) return failure;
  CaseResult result = failure;
  result.verdict = Verdict::trouble;
  const std::string why =
      control.reason.empty() ? std::string(to_text(control.verdict)) : control.reason;
  result.reason = fmt::format("control failed: {}", why);
  result.report += fmt::format("\n--- the control, the same without a cut: {}: {}\n{}",
                               to_text(control.verdict), why, control.report);
  if (result.directory.empty()) result.directory = control.directory;
  return result;
}

CaseResult compared_with(const CaseResult& pass, const CaseResult& control) {
  if (control.verdict != Verdict::pass) return failed_control(control);
  const auto differences = pcap::differences(control.traits, pass.traits);
  if (differences.empty()) return pass;
  CaseResult result = pass;
  result.verdict = Verdict::fail;
  result.reason = "the peer could tell: " + to_text(differences.front());
  if (differences.size() > 1) result.reason += fmt::format(" ({} more)", differences.size() - 1);
  result.report = text_of(differences) + result.report;
  return result;
}

CaseResult failed_control(const CaseResult& failure) {
  CaseResult result = failure;
  result.verdict = Verdict::trouble;
  result.reason = "control failed: " + failure.reason;
  return result;
}

CaseResult without_control(const CaseResult& failure) {
  CaseResult result = failure;
  if (failure.verdict == Verdict::pass) {
    result.verdict = Verdict::trouble;
    result.reason = "interrupted before the control ended that this was to be compared with";
    return result;
  }
  result.verdict = Verdict::trouble;
  result.reason = "interrupted before the control of this failure ended: " + failure.reason;
  return result;
}

}  // namespace sockcr::runner
