#include "scenarios/runner/shrinking.h"

#include <algorithm>
#include <utility>

namespace sockcr::runner {
namespace {

std::size_t length_of(const Pieces& pieces) {
  std::size_t length = 0;
  for (const std::string& piece : pieces) length += piece.size();
  return length;
}

constexpr std::size_t short_enough = 4, quite_long = 7, too_long = 15;

// Fewer pieces, or shorter ones.
bool is_simpler(const Pieces& a, const Pieces& b) {
  return a.size() != b.size() ? a.size() < b.size() : length_of(a) < length_of(b);
}

}  // namespace

Shrinking::Shrinking(Pieces failing, std::size_t most_tries)
    : best_(std::move(failing)), most_tries_(most_tries), chunk_((best_.size() + 1) / 2) {
  tried_.insert(best_);
}

bool Shrinking::fails(const Pieces& played) {
  if (!is_simpler(played, best_)) return false;
  best_ = played;
  return has_improved_ = true;
}

// Whatever has become simpler may have become so again; where nothing has, the next try is finer.
void Shrinking::take_stock() {
  if (!std::exchange(has_begun_, true)) return;
  if (std::exchange(has_improved_, false)) {
    chunk_ = std::clamp<std::size_t>(chunk_, 1, std::max<std::size_t>(best_.size() / 2, 1));
  } else if (chunk_ > 0) {
    chunk_ = is_thorough_ ? chunk_ - 1 : chunk_ / 2;
  } else {
    try_harder();
  }
}

// Two cuts with their gates may have to go together, and they stand anywhere: of what has become
// short, every chunk there is. What stays long may fail only now and then, and have passed by
// chance.
void Shrinking::try_harder() {
  chunk_ = best_.size();
  const std::size_t length = best_.size();
  if (length > short_enough && length < too_long && !std::exchange(is_thorough_, true)) return;
  if (length >= quite_long && !std::exchange(has_had_a_second_chance_, true)) {
    tried_ = {best_};
  } else {
    is_done_ = true;
  }
}

std::vector<Pieces> Shrinking::next() {
  while (!is_done_) {
    take_stock();
    if (is_done_) break;
    std::vector<Pieces> batch = only_new(chunk_ > 0 ? without_a_chunk() : with_a_simpler_piece());
    if (!batch.empty()) return batch;
    if (tries_ >= most_tries_) break;
  }
  is_done_ = true;
  return {};
}

std::vector<Pieces> Shrinking::without_a_chunk() const {
  const std::size_t stride = is_thorough_ ? 1 : chunk_;
  std::vector<Pieces> candidates;
  for (std::size_t begin = 0; begin < best_.size(); begin += stride) {
    Pieces rest = best_;
    const auto first = rest.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        rest.begin() + static_cast<std::ptrdiff_t>(std::min(begin + chunk_, best_.size()));
    rest.erase(first, last);
    candidates.push_back(std::move(rest));
  }
  return candidates;
}

// "cut beside a listener" without its last words is a plain cut, and an amount that is left out is
// a small one.
std::vector<Pieces> Shrinking::with_a_simpler_piece() const {
  std::vector<Pieces> candidates;
  for (std::size_t i = 0; i < best_.size(); ++i) {
    for (std::size_t space = best_[i].find(' '); space != std::string::npos;
         space = best_[i].find(' ', space + 1)) {
      Pieces simpler = best_;
      simpler[i].resize(space);
      candidates.push_back(std::move(simpler));
    }
  }
  return candidates;
}

std::vector<Pieces> Shrinking::only_new(const std::vector<Pieces>& candidates) {
  std::vector<Pieces> fresh;
  for (const Pieces& candidate : candidates) {
    if (tries_ >= most_tries_ || !tried_.insert(candidate).second) continue;
    ++tries_;
    fresh.push_back(candidate);
  }
  return fresh;
}

}  // namespace sockcr::runner
