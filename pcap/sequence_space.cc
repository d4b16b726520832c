#include "pcap/sequence_space.h"

namespace sockcr::pcap {
namespace {

struct Place {
  std::int64_t page;
  std::size_t slot;
};

Place place(std::int64_t offset, std::int64_t page_size) {
  const std::int64_t slot = ((offset % page_size) + page_size) % page_size;
  return {(offset - slot) / page_size, static_cast<std::size_t>(slot)};
}

}  // namespace

std::optional<SequenceSpace::Value> SequenceSpace::put(std::int64_t offset, Value value) {
  const auto [page, slot] = place(offset, page_size);
  const auto [found, fresh] = pages_.try_emplace(page);
  if (fresh) found->second.fill(nothing);
  Value& standing = found->second[slot];
  if (standing != nothing) return standing;
  standing = value;
  return std::nullopt;
}

std::optional<SequenceSpace::Value> SequenceSpace::at(std::int64_t offset) const {
  const auto [page, slot] = place(offset, page_size);
  const auto found = pages_.find(page);
  if (found == pages_.end() || found->second[slot] == nothing) return std::nullopt;
  return found->second[slot];
}

}  // namespace sockcr::pcap
