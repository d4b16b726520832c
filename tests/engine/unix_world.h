// What the tests of unix sockets share: a cut of a program that holds them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/checkpoint.h"
#include "engine/restore.h"
#include "tests/engine/world.h"

namespace sockcr {

struct Ends {
  FileDescriptor one, other;
};
Ends unix_pair(int type);
FileDescriptor unix_socket_at(int type, std::string_view name);  // "@x" is abstract
FileDescriptor unix_client_of(int type, std::string_view name);  // connected to who is there
void connect_to(int socket, std::string_view name);
std::string name_of_own(int socket);  // as name_text

// What somebody sends; "" is a message, too.
struct Parcel {
  std::vector<int> carried{};
  const ucred* who = nullptr;
  int flags = 0;
  std::string to{};  // a name; empty: whom it is connected to
};
void post(int socket, std::string_view text, const Parcel& how = {});

// What one recvmsg(2) returns: "abc", then " from NAME" of a datagram, " pid 7, uid 0" of
// credentials that are told, " +2" for so many descriptors, which are put into `carried`.
std::string take(int socket, std::vector<FileDescriptor>* carried = nullptr, int flags = 0);
std::string nothing_there();  // what `take` says then

// Killed and restored, through an image of bytes.
struct Cut {
  Image image;
  std::unique_ptr<Restoration> restoration;
  std::vector<int> sockets;  // as they were given
};
// All of them, or the first program's and the second's. They are let go.
Cut cut(std::vector<FileDescriptor>& sockets);
Cut cut(std::vector<FileDescriptor>& first, std::vector<FileDescriptor>& second);

// A checkpoint of a program that holds these, which runs on; and how its sockets differ from
// another's.
Image image_of(const std::vector<int>& sockets, bool leave_running = true);
std::string differences_between(const Image& before, const Image& after);

const UnixSocket& unix_at(const Image& image, std::size_t place);

class UnixTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};
class UnixTypeTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};
inline std::string type_name(const testing::TestParamInfo<int>& one) {
  return std::string(to_text(static_cast<UnixType>(one.param)));
}

}  // namespace sockcr
