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
  } else if (chunk_ == 0) {
    is_done_ = true;
  } else {
    chunk_ /= 2;
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
  std::vector<Pieces> candidates;
  for (std::size_t begin = 0; begin < best_.size(); begin += chunk_) {
    Pieces rest = best_;
    const auto first = rest.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        rest.begin() + static_cast<std::ptrdiff_t>(std::min(begin + chunk_, best_.size()));
    rest.erase(first, last);
    candidates.push_back(std::move(rest));
  }
  return candidates;
}

// "cut gap" without its last word is a plain cut, and an amount that is left out is a small one.
std::vector<Pieces> Shrinking::with_a_simpler_piece() const {
  std::vector<Pieces> candidates;
  for (std::size_t i = 0; i < best_.size(); ++i) {
    const std::size_t space = best_[i].rfind(' ');
    if (space == std::string::npos) continue;
    Pieces simpler = best_;
    simpler[i].resize(space);
    candidates.push_back(std::move(simpler));
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
