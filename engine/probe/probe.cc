#include "engine/probe/probe.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "engine/probe/table.h"
#include "engine/probe/throw_away.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

using Json = nlohmann::json;
using Findings = std::map<std::size_t, Finding>;  // by row

Finding ask(const Question& question) {
  try {
    return question.ask();
  } catch (const SystemError& error) {
    return {Answer::no, error.what()};
  }
}

// One line for each answer, as soon as it is known: whatever ends the process ends that row only.
void answer_rows(int descriptor, std::size_t first) {
  for (std::size_t row = first; row < questions().size(); ++row) {
    if (questions()[row].place != Place::throw_away) continue;
    const Finding finding = ask(questions()[row]);
    const Json line{row, static_cast<int>(finding.answer), finding.text};
    ::dprintf(descriptor, "%s\n",
              line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  }
}

Findings parsed(const std::string& text) {
  Findings findings;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse(line);
    findings[row[0]] = {static_cast<Answer>(row[1].get<int>()), row[2]};
  }
  return findings;
}

std::optional<std::size_t> next_unanswered(const Findings& findings) {
  for (std::size_t row = 0; row < questions().size(); ++row) {
    if (questions()[row].place == Place::throw_away && !findings.contains(row)) return row;
  }
  return {};
}

// A question that kills its process (a seccomp profile may) is unknown; the next ones are asked in
// another one.
Findings ask_in_throw_away_namespaces() {
  Findings findings;
  while (const auto row = next_unanswered(findings)) {
    const ThrownAway done = in_throw_away_namespace([&](int out) { answer_rows(out, *row); });
    findings.merge(parsed(done.said));
    if (const auto lost = next_unanswered(findings)) {
      findings[*lost] = {Answer::unknown, done.trouble};
    }
  }
  return findings;
}

Capability capability_of(const Question& question, Finding finding) {
  const bool good = finding.answer == Answer::yes;
  return {.group = std::string(question.group),
          .name = std::string(question.name),
          .purpose = std::string(question.purpose),
          .essential = question.essential,
          .finding = std::move(finding),
          .advice = std::string(good ? "" : question.advice)};
}

}  // namespace

bool all_essentials(const std::vector<Capability>& capabilities) {
  return std::none_of(capabilities.begin(), capabilities.end(), [](const Capability& c) {
    return c.essential && c.finding.answer != Answer::yes;
  });
}

std::vector<Capability> probe_capabilities() {
  Findings thrown_away = ask_in_throw_away_namespaces();
  std::vector<Capability> capabilities;
  for (std::size_t row = 0; row < questions().size(); ++row) {
    const Question& question = questions()[row];
    capabilities.push_back(
        capability_of(question, question.place == Place::here ? ask(question) : thrown_away[row]));
  }
  return capabilities;
}

}  // namespace sockcr
