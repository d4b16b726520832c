#include "engine/image/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "engine/image/image_error.h"
#include "engine/image/record_reader.h"
#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"

namespace sockcr {
namespace {

constexpr std::size_t read_step = 65536;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

FileDescriptor open_at(const std::string& path, int flags, std::string_view flags_text) {
  return FileDescriptor(call(
      "open", [&] { return ::open(path.c_str(), flags | O_CLOEXEC); },
      [&] { return fmt::format("\"{}\", {}|O_CLOEXEC", path, flags_text); }));
}

void sync(const FileDescriptor& file, const std::string& name) {
  call(
      "fsync", [&] { return ::fsync(file.get()); }, [&] { return name; });
}

// A file that vanishes unless it gets its final name.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& final_path) : name_(final_path + ".XXXXXX") {
    file_ = FileDescriptor(call(
        "mkostemp", [&] { return ::mkostemp(name_.data(), O_CLOEXEC); },
        [&] { return fmt::format("\"{}\"", name_); }));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }

  const FileDescriptor& file() const { return file_; }
  const std::string& name() const { return name_; }

  void become(const std::string& final_path) {
    call(
        "rename", [&] { return ::rename(name_.c_str(), final_path.c_str()); },
        [&] { return fmt::format("\"{}\", \"{}\"", name_, final_path); });
    name_.clear();
  }

 private:
  std::string name_;
  FileDescriptor file_;
};

std::size_t read_some(int descriptor, const std::string& name, std::span<std::uint8_t> into) {
  while (true) {
    const auto got = try_call(
        "read", [&] { return ::read(descriptor, into.data(), into.size()); },
        [&] { return fmt::format("{}, {} bytes", name, into.size()); });
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw_system_error("read", name, errno);
  }
}

}  // namespace

void write_image(int descriptor, const std::string& name, std::span<const std::uint8_t> image) {
  while (!image.empty()) {
    const auto put = try_call(
        "write", [&] { return ::write(descriptor, image.data(), image.size()); },
        [&] { return fmt::format("{}, {} bytes", name, image.size()); });
    if (put < 0 && errno != EINTR) throw_system_error("write", name, errno);
    if (put > 0) image = image.subspan(static_cast<std::size_t>(put));
  }
}

void write_image_file(const std::string& path, std::span<const std::uint8_t> image) {
  TemporaryFile temporary(path);
  write_image(temporary.file().get(), temporary.name(), image);
  sync(temporary.file(), temporary.name());
  temporary.become(path);
  const std::string folder = folder_of(path);
  sync(open_at(folder, O_RDONLY | O_DIRECTORY, "O_RDONLY|O_DIRECTORY"), folder);
}

Bytes read_image(int descriptor, const std::string& name, std::size_t limit) {
  Bytes image;
  bool begins_well = false;
  while (true) {
    const std::size_t have = image.size();
    image.resize(have + read_step);
    const std::size_t got = read_some(descriptor, name, std::span(image).subspan(have));
    image.resize(have + got);
    if (image.size() > limit) {
      throw ImageError("file", "length", limit, fmt::format("longer than {} bytes", limit));
    }
    if (got == 0) return image;
    if (!begins_well && image.size() >= image_magic.size()) {
      begins_well = (RecordReader(image), true);
    }
  }
}

Bytes read_image_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file = open_at(path, O_RDONLY, "O_RDONLY");
  return read_image(file.get(), path, limit);
}

}  // namespace sockcr
