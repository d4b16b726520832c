#include "scenarios/runner/json_reporter.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace sockcr::runner {
namespace {

using nlohmann::ordered_json;
using scenario::Verdict;

void print_line(std::FILE* stream, const ordered_json& line) {
  const std::string text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

double to_microsecond(double ms) { return std::round(ms * 1000) / 1000; }

}  // namespace

void JsonReporter::begin(const RunFacts& facts) {
  started_ = facts.started;
  bar_.begin(facts);
}

void JsonReporter::judged(const JudgedCase& judged, const Tally& so_far) {
  bar_.clear();
  const scenario::CaseResult& result = judged.result;
  ordered_json line{{"case", judged.name},
                    {"cut", judged.cut},
                    {"engine", judged.engine},
                    {"kernel", result.kernel},
                    {"result", to_text(result.verdict)},
                    {"ms", to_microsecond(result.ms)},
                    {"stall_ms", nullptr},
                    {"reason", result.reason},
                    {"rerun", judged.rerun}};
  if (result.stall_ms) line["stall_ms"] = to_microsecond(*result.stall_ms);
  print_line(stream_, line);
  tick(so_far);
}

void JsonReporter::end(const Tally& tally, Ending) {
  bar_.clear();
  ordered_json summary{{"cases", tally.cases()}};
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::xfail, Verdict::xpass,
                                Verdict::skip, Verdict::trouble}) {
    summary[std::string(to_text(verdict))] = tally.of(verdict);
  }
  const std::chrono::duration<double, std::milli> wall = Clock::now() - started_;
  summary["wall_ms"] = to_microsecond(wall.count());
  print_line(stream_, {{"summary", summary}});
}

}  // namespace sockcr::runner
