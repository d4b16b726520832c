#include "scenarios/runner/guest/image_kind.h"

#include <elf.h>
#include <fmt/format.h>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

// A copy: nothing in the file need be aligned. Nothing where the file ends before.
template <class Value>
std::optional<Value> value_at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(Value)) return std::nullopt;
  Value value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string_view text_at(std::string_view bytes, std::uint64_t offset) {
  if (offset >= bytes.size()) return {};
  const std::string_view rest = bytes.substr(offset);
  return rest.substr(0, rest.find('\0'));
}

std::vector<std::string_view> section_names(std::string_view bytes, const Elf64_Ehdr& header) {
  std::vector<std::string_view> names;
  const auto section = [&](std::uint64_t index) {
    return value_at<Elf64_Shdr>(bytes, header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  const auto table = section(header.e_shstrndx);
  if (!table) return names;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto each = section(i);
    if (!each) return names;
    names.push_back(text_at(bytes, table->sh_offset + each->sh_name));
  }
  return names;
}

bool is_bz_image(std::string_view bytes) {
  constexpr std::size_t header_magic = 0x202;  // of the Linux boot protocol
  return bytes.size() > header_magic && bytes.substr(header_magic).starts_with("HdrS");
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    const int why = std::filesystem::is_directory(path) ? EISDIR : errno;
    throw UsageError(fmt::format("--kernel {}: {}", path.string(), ::strerrordesc_np(why)));
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

ImageKind image_kind(std::string_view bytes) {
  if (is_bz_image(bytes)) return ImageKind::bz_image;
  const auto header = value_at<Elf64_Ehdr>(bytes, 0);
  const bool is_elf = header && bytes.starts_with(std::string_view(ELFMAG, SELFMAG)) &&
                      header->e_ident[EI_CLASS] == ELFCLASS64;
  if (!is_elf) return ImageKind::other;
  bool is_kernel = false;
  for (const std::string_view name : section_names(bytes, *header)) {
    if (name == ".uml.setup.init") return ImageKind::user_mode;
    is_kernel |= name == "__ksymtab" || name == ".init.text" || name == "__param";
  }
  return is_kernel && header->e_type == ET_EXEC ? ImageKind::vmlinux : ImageKind::other;
}

ImageKind require_kernel(const std::filesystem::path& path) {
  const ImageKind kind = image_kind(read_file(path));
  if (kind != ImageKind::other) return kind;
  throw UsageError(fmt::format(
      "--kernel {} is no kernel: neither User-mode Linux (an ARCH=um `linux`), nor a vmlinux, nor "
      "a bzImage; ci/build-kernel TREE -o DIR makes one",
      path.string()));
}

}  // namespace sockcr::runner
