// What is left of a failing walk when everything is taken away that it fails without: delta
// debugging over its pieces, as values. Which walk fails, somebody else finds out.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace sockcr::runner {

using Pieces = std::vector<std::string>;

class Shrinking {
 public:
  explicit Shrinking(Pieces failing, std::size_t most_tries = 400);

  // What to try next, all of it at once; nothing: it is done. Whatever was asked for must have been
  // answered.
  std::vector<Pieces> next();
  // A candidate fails, as it was played: it may have been made legal. True where it is the best
  // so far.
  bool fails(const Pieces& played);

  const Pieces& best() const { return best_; }
  std::size_t tries() const { return tries_; }

 private:
  void take_stock();
  void try_harder();
  std::vector<Pieces> without_a_chunk() const;
  std::vector<Pieces> with_a_simpler_piece() const;
  std::vector<Pieces> only_new(const std::vector<Pieces>& candidates);

  Pieces best_;
  std::size_t most_tries_, tries_ = 0;
  std::size_t chunk_;  // how many are left out together; 0: words are left out of one
  bool is_done_ = false, has_begun_ = false;
  std::set<Pieces> tried_;
  bool has_improved_ = false;  // since the last batch
  bool is_thorough_ = false;   // chunks begin anywhere, and are of every size
  bool has_had_a_second_chance_ = false;
};

}  // namespace sockcr::runner
