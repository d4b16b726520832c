#include "engine/bpf/pages.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "engine/bpf/seen.h"
#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"

namespace sockcr {
namespace {

constexpr std::uint32_t pages = 8;
using Words = std::array<std::uint64_t, 4>;

std::uint32_t page_size() { return static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE)); }

// Memory has holes, so that its last address lies behind its size; but the kernel maps no devices
// within as much again.
std::uint64_t reach() {
  const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * page_size();
  return std::min<std::uint64_t>(2 * (bytes >> 30) + 8, 4096);
}

Words random_words() {
  Words words{};
  call(
      "getrandom", [&] { return ::getrandom(words.data(), sizeof words, 0); },
      [&] { return fmt::format("..., {}, 0", sizeof words); });
  return words;
}

// A write of a whole page takes a page of its own.
void write_page(int pipe, const Words& words) {
  Bytes page(page_size());
  std::memcpy(page.data(), words.data(), sizeof words);
  call(
      "write", [&] { return ::write(pipe, page.data(), page.size()); },
      [&] { return fmt::format("{}, ..., {}", pipe, page.size()); });
}

std::string reason_of(std::uint32_t fault) {
  switch (static_cast<PageFault>(fault)) {
    case page_found:
      return "";
    case page_not_in_pipe:
      return "a pipe of this kernel is not built as we know it";
    case page_of_strange_struct:
      return "struct page has a size that is no power of two";
    case page_not_found:
      return "a page that we wrote was not found in the kernel's memory";
    case page_not_at_anchor:
      return "the kernel's pages do not lie one after the other";
  }
  return fmt::format("fault {}", fault);
}

}  // namespace

std::string find_pages(const LoadedObject& object) {
  const Pipe pipe = Pipe::make();
  PageQuestion question{.words = {},
                        .page = 0,
                        .address = 0,
                        .reach = reach(),
                        .page_shift = static_cast<std::uint32_t>(std::countr_zero(page_size())),
                        .index = 0,
                        .pipe = pipe.read_end.get(),
                        .fault = 0};
  PageQuestion anchor{};
  for (std::uint32_t i = 0; i < pages; ++i) {
    const Words words = random_words();
    write_page(pipe.write_end.get(), words);
    std::copy(words.begin(), words.end(), question.words);
    question.index = i;
    question.page = anchor.page;
    question.address = anchor.address;
    object.run("find_page", question);
    if (question.fault != page_found) return reason_of(question.fault);
    if (i == 0) anchor = question;
  }
  return "";
}

}  // namespace sockcr
