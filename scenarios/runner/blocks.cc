#include "scenarios/runner/blocks.h"

#include <fmt/format.h>

namespace sockcr::runner {

std::string Block::name() const {
  return round == 0 ? scenario : fmt::format("{}.round{}", scenario, round + 1);
}

Tally Block::tally() const {
  Tally tally;
  for (const JudgedCase& judged : cases) tally.add(judged.result.verdict);
  return tally;
}

std::string name_in_block(const JudgedCase& judged) {
  const std::string& name = judged.variant.empty() ? judged.scenario : judged.variant;
  return judged.cut == "once" ? name : name + "." + judged.cut;
}

void Blocks::begin(const RunFacts& facts) {
  for (const Share& share : facts.shares) sizes_[share.scenario] = share.cases;
  for (const Share& share : facts.once) sizes_[share.scenario] = share.cases;
  if (facts.rounds) planned_ = *facts.rounds * facts.shares.size() + facts.once.size();
}

std::optional<Block> Blocks::add(const JudgedCase& judged) {
  const auto key = std::make_pair(judged.round, judged.scenario);
  const auto found =
      open_.try_emplace(key, Block{judged.scenario, judged.round, sizes_[judged.scenario]}).first;
  found->second.cases.push_back(judged);
  if (!found->second.is_complete()) return std::nullopt;
  std::optional<Block> complete = std::move(found->second);
  open_.erase(found);
  return complete;
}

std::vector<Block> Blocks::take_rest() {
  std::vector<Block> rest;
  for (auto& [key, block] : open_) rest.push_back(std::move(block));
  open_.clear();
  return rest;
}

}  // namespace sockcr::runner
