#include "scenarios/runner/control.h"

#include <fmt/format.h>

namespace sockcr::runner {

using scenario::CaseRequest;
using scenario::CaseResult;
using scenario::Verdict;

bool is_control(const CaseRequest& request) { return request.cut == "none"; }

CaseRequest control_of(const CaseRequest& request) {
  CaseRequest control = request;
  control.cut = "none";
  control.engine = "native";
  control.keep = false;
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

CaseResult failed_control(const CaseResult& failure) {
  CaseResult result = failure;
  result.verdict = Verdict::trouble;
  result.reason = "control failed: " + failure.reason;
  return result;
}

CaseResult without_control(const CaseResult& failure) {
  CaseResult result = failure;
  result.verdict = Verdict::trouble;
  result.reason = "interrupted before the control of this failure ended: " + failure.reason;
  return result;
}

}  // namespace sockcr::runner
