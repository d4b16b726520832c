#include "scenarios/runner/case.h"

#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace sockcr::scenario {
namespace {

using nlohmann::json;

TEST(Case, RequestsTravelUnchanged) {
  CaseRequest request;
  request.variant = "v6_passive_all_ts";
  request.cut = "twice";
  request.engine = "broken:window";
  request.gate = "nft";
  request.seed = std::numeric_limits<std::uint64_t>::max();
  request.slow_factor = 2.5;
  request.keep = request.trace = true;
  request.directory = "/tmp/a b";
  request.compare_images = false;
  request.rerun = "run-scenario 'x y'";
  EXPECT_EQ(json::parse(to_line(json(request))).get<CaseRequest>(), request);
}

TEST(Case, ResultsTravelUnchanged) {
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::xfail, Verdict::xpass,
                                Verdict::skip, Verdict::trouble}) {
    for (const std::optional<double> stall : {std::optional<double>(), std::optional(0.0)}) {
      const CaseResult result{
          verdict,         38.5,     stall,    "why",
          "many\nlines\n", "6.18.0", "/tmp/x", {{"window", "ours", {"500", "600"}}},
          {{"cut", 2.5}}};
      EXPECT_EQ(json::parse(to_line(json(result))).get<CaseResult>(), result);
    }
  }
}

TEST(Case, BytesThatAreNoTextStillTravel) {
  CaseResult result;
  result.reason = "got \xff";
  EXPECT_EQ(json::parse(to_line(json(result))).get<CaseResult>().reason, "got \xEF\xBF\xBD");
}

TEST(Case, NotANumberBecomesNothing) {
  CaseResult result;
  result.ms = result.stall_ms.emplace(std::numeric_limits<double>::quiet_NaN());
  const auto back = json::parse(to_line(json(result))).get<CaseResult>();
  EXPECT_EQ(back.ms, 0);
  EXPECT_EQ(back.stall_ms, std::nullopt);
}

TEST(Case, RefusesWhatIsNoResult) {
  EXPECT_THROW(json::parse("{}").get<CaseResult>(), json::exception);
  EXPECT_THROW(json::parse(R"({"verdict":"fine"})").get<CaseResult>(), json::exception);
  EXPECT_THROW(json::parse(R"({"verdict":"pass","ms":"1"})").get<CaseResult>(), json::exception);
  EXPECT_THROW(json::parse("{}").get<CaseRequest>(), json::exception);
}

}  // namespace
}  // namespace sockcr::scenario
