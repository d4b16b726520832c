#include "engine/image/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/sys/descriptor.h"
#include "engine/sys/error.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

class ImageFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sockcr_image_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  fs::path folder_;
  Bytes image_ = encode(sample_image());
};

TEST_F(ImageFile, IsReadAsItWasWrittenAndItsOwnersAlone) {
  write_image_file(path("a"), image_);
  EXPECT_EQ(read_image_file(path("a")), image_);
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(files(), 1);
}

TEST_F(ImageFile, ReplacesAnOlderOne) {
  std::ofstream(path("a")) << "old";
  write_image_file(path("a"), image_);
  EXPECT_EQ(read_image_file(path("a")), image_);
  EXPECT_EQ(files(), 1);
}

// No file may grow beyond a few bytes while this lives, as on a full disk.
class SmallFilesOnly {
 public:
  SmallFilesOnly() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{100, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallFilesOnly(const SmallFilesOnly&) = delete;
  SmallFilesOnly& operator=(const SmallFilesOnly&) = delete;
  ~SmallFilesOnly() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ImageFile, FailureLeavesTheOldOneAndNothingElse) {
  std::ofstream(path("a")) << "old";
  {
    const SmallFilesOnly limit;
    EXPECT_THAT([&] { write_image_file(path("a"), image_); },
                ThrowsMessage<SystemError>(HasSubstr("File too large")));
  }
  EXPECT_EQ(files(), 1);
  EXPECT_EQ(fs::file_size(path("a")), 3u);
}

TEST_F(ImageFile, AFolderInItsPlaceIsTroubleAndNothingIsLeft) {
  fs::create_directory(path("a"));
  EXPECT_THAT([&] { write_image_file(path("a"), image_); },
              ThrowsMessage<SystemError>(HasSubstr("Is a directory")));
  EXPECT_EQ(files(), 1);
}

TEST_F(ImageFile, AMissingOneIsTroubleWithItsName) {
  EXPECT_THAT([&] { read_image_file(path("none")); },
              ThrowsMessage<SystemError>(HasSubstr(path("none"))));
}

TEST_F(ImageFile, ReadingStopsAtTheLimit) {
  write_image_file(path("a"), image_);
  EXPECT_EQ(read_image_file(path("a"), image_.size()), image_);
  EXPECT_THAT([&] { read_image_file(path("a"), image_.size() - 1); },
              ThrowsMessage<ImageError>(HasSubstr("file.length: longer than")));
}

TEST_F(ImageFile, ADeviceThatNeverEndsIsRefusedAtOnce) {
  EXPECT_THAT([&] { read_image_file("/dev/zero"); },
              ThrowsMessage<ImageError>(HasSubstr("not an image of a socket")));
}

TEST(ImagePipe, CarriesAnImage) {
  const Bytes image = encode(sample_image());
  Pipe pipe = Pipe::make();
  write_image(pipe.write_end.get(), "pipe", image);
  pipe.write_end.reset();
  EXPECT_EQ(read_image(pipe.read_end.get(), "pipe"), image);
}

}  // namespace
}  // namespace sockcr
