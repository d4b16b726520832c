#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sockcr::netns {

// The two ends of the wire.
enum class End : std::uint8_t { ours, peer };

constexpr std::string_view to_text(End end) { return end == End::ours ? "ours" : "peer"; }
constexpr End other(End end) { return end == End::ours ? End::peer : End::ours; }

// Where ours can live: it is made at home.
enum class Place : std::uint8_t { home, away };

constexpr Place other(Place place) { return place == Place::home ? Place::away : Place::home; }

using Mac = std::array<std::uint8_t, 6>;  // network order

}  // namespace sockcr::netns
