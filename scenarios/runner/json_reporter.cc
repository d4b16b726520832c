#include "scenarios/runner/json_reporter.h"

#include <unistd.h>
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

JsonReporter::JsonReporter(std::FILE* stream, std::FILE* side)
    : stream_(stream), side_(side), shows_progress_(::isatty(::fileno(stream)) == 0) {}

void JsonReporter::judged(const JudgedCase& judged, const Tally& so_far) {
  side_.clear_status();
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

void JsonReporter::tick(const Tally& so_far) {
  if (!shows_progress_ || !side_.status_is_due()) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - facts_.started).count();
  const Progress progress{so_far.cases(), facts_.total, so_far.failures(),
                          so_far.of(Verdict::trouble), seconds};
  side_.status(progress_line(progress, side_.width(), side_.palette()));
}

void JsonReporter::end(const Tally& tally, Ending) {
  side_.clear_status();
  ordered_json summary{{"cases", tally.cases()}};
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::xfail, Verdict::xpass,
                                Verdict::skip, Verdict::trouble}) {
    summary[std::string(to_text(verdict))] = tally.of(verdict);
  }
  const std::chrono::duration<double, std::milli> wall = Clock::now() - facts_.started;
  summary["wall_ms"] = to_microsecond(wall.count());
  print_line(stream_, {{"summary", summary}});
}

}  // namespace sockcr::runner
