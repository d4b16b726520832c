#include "scenarios/runner/case.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace sockcr::scenario {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<Verdict, std::string_view>, 6> verdict_names{{
    {Verdict::pass, "pass"},
    {Verdict::fail, "fail"},
    {Verdict::xfail, "xfail"},
    {Verdict::xpass, "xpass"},
    {Verdict::skip, "skip"},
    {Verdict::trouble, "trouble"},
}};

json json_of(const std::vector<pcap::Trait>& traits) {
  json list = json::array();
  for (const pcap::Trait& trait : traits) list.push_back({trait.aspect, trait.of, trait.values});
  return list;
}

std::vector<pcap::Trait> traits_in(const json& list) {
  std::vector<pcap::Trait> traits;
  for (const json& each : list) {
    traits.push_back({each.at(0), each.at(1), each.at(2).get<std::set<std::string>>()});
  }
  return traits;
}

// JSON has no word for infinity and NaN; nlohmann writes both as null.
double number_or_zero(const json& value) { return value.is_null() ? 0 : value.get<double>(); }

}  // namespace

std::string_view to_text(Verdict verdict) {
  for (const auto& [value, name] : verdict_names) {
    if (value == verdict) return name;
  }
  return "?";
}

std::optional<Verdict> verdict_of(std::string_view text) {
  for (const auto& [value, name] : verdict_names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

void to_json(json& json, const CaseRequest& request) {
  json = {{"variant", request.variant},
          {"cut", request.cut},
          {"engine", request.engine},
          {"gate", request.gate},
          {"seed", request.seed},
          {"slow_factor", request.slow_factor},
          {"keep", request.keep},
          {"trace", request.trace},
          {"directory", request.directory},
          {"compare_images", request.compare_images},
          {"compare", request.compare},
          {"rerun", request.rerun},
          {"walk", request.walk}};
}

void from_json(const json& json, CaseRequest& request) {
  const CaseRequest usual;
  request.variant = json.at("variant").get<std::string>();
  request.cut = json.value("cut", usual.cut);
  request.engine = json.value("engine", usual.engine);
  request.gate = json.value("gate", usual.gate);
  request.seed = json.value("seed", usual.seed);
  request.slow_factor = json.value("slow_factor", usual.slow_factor);
  request.keep = json.value("keep", usual.keep);
  request.trace = json.value("trace", usual.trace);
  request.directory = json.value("directory", usual.directory);
  request.compare_images = json.value("compare_images", usual.compare_images);
  request.compare = json.value("compare", usual.compare);
  request.rerun = json.value("rerun", usual.rerun);
  request.walk = json.value("walk", usual.walk);
}

void to_json(json& json, const CaseResult& result) {
  json = {{"verdict", to_text(result.verdict)},
          {"ms", result.ms},
          {"stall_ms", nullptr},
          {"reason", result.reason},
          {"report", result.report},
          {"kernel", result.kernel},
          {"directory", result.directory},
          {"walk", result.walk},
          {"needs_control", result.needs_control}};
  if (!result.profile.empty()) json["profile"] = result.profile;
  if (!result.traits.empty()) json["traits"] = json_of(result.traits);
  if (result.stall_ms) json["stall_ms"] = *result.stall_ms;
}

void from_json(const json& json, CaseResult& result) {
  const auto word = json.at("verdict").get<std::string>();
  const auto verdict = verdict_of(word);
  if (!verdict) {
    throw nlohmann::json::other_error::create(501, "unknown verdict \"" + word + "\"", &json);
  }
  result.verdict = *verdict;
  result.ms = json.contains("ms") ? number_or_zero(json.at("ms")) : 0;
  result.stall_ms.reset();
  if (json.contains("stall_ms") && !json.at("stall_ms").is_null()) {
    result.stall_ms = json.at("stall_ms").get<double>();
  }
  result.reason = json.value("reason", "");
  result.report = json.value("report", "");
  result.kernel = json.value("kernel", "");
  result.directory = json.value("directory", "");
  result.profile = json.value("profile", decltype(result.profile){});
  result.traits =
      json.contains("traits") ? traits_in(json.at("traits")) : decltype(result.traits){};
  result.walk = json.value("walk", std::vector<std::string>{});
  result.needs_control = json.value("needs_control", true);
}

std::string to_line(const json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sockcr::scenario
