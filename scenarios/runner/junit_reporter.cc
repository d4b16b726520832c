#include "scenarios/runner/junit_reporter.h"

#include <fmt/format.h>
#include <tinyxml2.h>

#include "scenarios/runner/xml_text.h"

namespace sockcr::runner {
namespace {

using scenario::Verdict;
using tinyxml2::XMLPrinter;

void attribute(XMLPrinter& xml, const char* name, const std::string& value) {
  xml.PushAttribute(name, xml_text(value).c_str());
}

std::string seconds(double ms) { return fmt::format("{:.3f}", ms / 1000); }

void write_property(XMLPrinter& xml, const char* name, const std::string& value) {
  xml.OpenElement("property");
  attribute(xml, "name", name);
  attribute(xml, "value", value);
  xml.CloseElement();
}

void write_properties(XMLPrinter& xml, const Block& block, const RunFacts& facts) {
  xml.OpenElement("properties");
  write_property(xml, "kernel", facts.kernel);
  write_property(xml, "engine", facts.engine);
  write_property(xml, "cuts", fmt::format("{}", fmt::join(facts.cuts, ",")));
  write_property(xml, "gate", facts.gate);
  write_property(xml, "seed", fmt::format("{}", facts.seed + block.round));
  write_property(xml, "slow_factor", fmt::format("{:g}", facts.slow_factor));
  if (!block.is_complete()) write_property(xml, "ended_early", fmt::format("{}", block.planned));
  xml.CloseElement();
}

struct Outcome {
  const char* element;  // nullptr: a pass has none
  const char* type;
};

// JUnit has no word for an expected failure; what it calls skipped does not count against anybody.
Outcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return {nullptr, ""};
    case Verdict::fail:
      return {"failure", "violation"};
    case Verdict::xpass:
      return {"failure", "xpass"};
    case Verdict::xfail:
    case Verdict::skip:
      return {"skipped", nullptr};
    case Verdict::trouble:
      break;
  }
  return {"error", "trouble"};
}

void write_outcome(XMLPrinter& xml, const JudgedCase& judged) {
  const Outcome outcome = outcome_of(judged.result.verdict);
  if (outcome.element == nullptr) return;
  const bool expected = judged.result.verdict == Verdict::xfail;
  xml.OpenElement(outcome.element);
  attribute(xml, "message", (expected ? "xfail: " : "") + judged.result.reason);
  if (outcome.type != nullptr) {
    attribute(xml, "type", outcome.type);
    xml.PushText(xml_text(judged.result.reason + "\nrerun with " + judged.rerun).c_str());
  }
  xml.CloseElement();
}

void write_output(XMLPrinter& xml, const JudgedCase& judged) {
  std::string text = judged.result.report;
  if (judged.result.stall_ms) {
    text += fmt::format("{}stall {:.1f} ms\n", text.empty() || text.back() == '\n' ? "" : "\n",
                        *judged.result.stall_ms);
  }
  if (!judged.result.directory.empty()) text += "left in " + judged.result.directory + "\n";
  if (text.empty()) return;
  xml.OpenElement("system-out");
  xml.PushText(xml_text(text).c_str());
  xml.CloseElement();
}

void write_case(XMLPrinter& xml, const JudgedCase& judged) {
  xml.OpenElement("testcase");
  attribute(xml, "classname", judged.scenario);
  attribute(xml, "name", name_in_block(judged));
  attribute(xml, "time", seconds(judged.result.ms));
  write_outcome(xml, judged);
  write_output(xml, judged);
  xml.CloseElement();
}

}  // namespace

std::string junit_suite(const Block& block, const RunFacts& facts) {
  const Tally tally = block.tally();
  double ms = 0;
  for (const JudgedCase& judged : block.cases) ms += judged.result.ms;
  XMLPrinter xml;
  xml.OpenElement("testsuite");
  attribute(xml, "name", block.name());
  attribute(xml, "tests", fmt::format("{}", tally.cases()));
  attribute(xml, "failures", fmt::format("{}", tally.failures()));
  attribute(xml, "errors", fmt::format("{}", tally.of(Verdict::trouble)));
  attribute(xml, "skipped", fmt::format("{}", tally.of(Verdict::skip) + tally.of(Verdict::xfail)));
  attribute(xml, "time", seconds(ms));
  write_properties(xml, block, facts);
  for (const JudgedCase& judged : block.cases) write_case(xml, judged);
  xml.CloseElement();
  return xml.CStr();
}

void JunitReporter::begin(const RunFacts& facts) {
  facts_ = facts;
  blocks_.begin(facts);
  std::fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sockcr\">\n",
             file_.stream());
}

void JunitReporter::judged(const JudgedCase& judged, const Tally&) {
  if (const auto complete = blocks_.add(judged)) write(*complete);
}

void JunitReporter::write(const Block& block) {
  std::fputs(junit_suite(block, facts_).c_str(), file_.stream());
}

void JunitReporter::end(const Tally&, Ending) {
  for (const Block& block : blocks_.take_rest()) write(block);
  std::fputs("</testsuites>\n", file_.stream());
  file_.commit();
}

}  // namespace sockcr::runner
