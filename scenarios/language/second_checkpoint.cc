#include "scenarios/language/second_checkpoint.h"

#include <fmt/format.h>
#include <algorithm>

#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/readdress.h"
#include "engine/sys/error.h"
#include "scenarios/language/round.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

// A request and a child are taken out of the listener's queue, an orphan is read empty, a pending
// error is told once, and the timer of a time-wait socket starts again.
bool reading_destroys(const TcpConnection& c) { return c.owner != Owner::program || c.error != 0; }
bool reading_destroys(const TcpRequest&) { return true; }
bool reading_destroys(const TcpTimeWait&) { return true; }
bool reading_destroys(const TcpListener&) { return false; }
bool reading_destroys(const TcpSynSent&) { return false; }
bool reading_destroys(const TcpUnconnected&) { return false; }
bool reading_destroys(const RawSocket& socket) { return !socket.queue.empty(); }
// What is corked takes a gate to be read. An empty datagram behind the first is hidden from the
// next checkpoint, unless it can be taken out and put back.
bool reading_destroys(const UdpSocket& socket) {
  if (!socket.corked.empty()) return true;
  const bool to_a_group = std::any_of(socket.queue.begin(), socket.queue.end(),
                                      [](const Datagram& one) { return !one.device.empty(); });
  const bool stays =
      socket.remote.port == 0 && !shares_its_port(socket) && !to_a_group && is_none(socket.filter);
  return !stays && std::any_of(socket.queue.begin(), socket.queue.end(),
                               [](const Datagram& one) { return one.payload.empty(); });
}

// The like, and what waits to be accepted.
bool reading_destroys(const UnixSocket& socket) {
  const bool by_messages = socket.type != UnixType::stream;
  const auto is_empty = [](const UnixMessage& one) { return one.payload.empty(); };
  return socket.listener != 0 || (by_messages && socket.error != 0) ||
         (by_messages && std::any_of(socket.queue.begin(), socket.queue.end(), is_empty));
}

bool reading_destroys(const Image& image) {
  return std::any_of(image.sockets.begin(), image.sockets.end(), [](const Socket& socket) {
    return std::visit([](const auto& kind) { return reading_destroys(kind); }, socket);
  });
}

// Sockets that no descriptor refers to come in the order of the kernel's tables, which means
// nothing. That of children does: it is the order in which they will be accepted.
std::string place_of(const Socket& socket) {
  const auto* connection = std::get_if<TcpConnection>(&socket);
  if (connection != nullptr && connection->owner == Owner::listener) {
    return fmt::format("in the queue of {}", connection->listener);
  }
  return std::visit([](const auto& kind) { return to_text(kind); }, socket);
}

std::vector<const Socket*> by_place(const Image& image) {
  std::vector<const Socket*> sockets;
  for (const Socket& socket : image.sockets) sockets.push_back(&socket);
  std::stable_sort(sockets.begin(), sockets.end(),
                   [](const Socket* a, const Socket* b) { return place_of(*a) < place_of(*b); });
  return sockets;
}

Socket a_tick_earlier(Socket socket) {
  if (auto* connection = std::get_if<TcpConnection>(&socket)) --connection->clock.offset;
  return socket;
}

// Where an image comes from another boot, the two clocks tick at different moments of the same
// millisecond, and the target may only err upward (rebased).
std::vector<Difference> left_between(const Socket& a, const Socket& b, bool another_boot) {
  std::vector<Difference> left = beyond_tolerance(a, b);
  return left.empty() || !another_boot ? left : beyond_tolerance(a, a_tick_earlier(b));
}

void expect_equal(const Image& first, const Image& second, const CutPlan& plan) {
  const auto a = by_place(first), b = by_place(second);
  if (a.size() != b.size()) {
    throw Violation("sockets in a second checkpoint", fmt::format("{}", a.size()),
                    fmt::format("{}", b.size()));
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto left = left_between(*a[i], *b[i], plan.as_written != nullptr);
    if (left.empty()) continue;
    throw Violation("field " + left.front().name + " in a second checkpoint", left.front().a,
                    left.front().b);
  }
}

// What was restored at another address is compared with what it was there to be.
Image as_restored(const World& world, const Parcel& parcel) {
  Image image = decode(parcel.image);
  const auto& moved = world.readdressing;
  return moved ? readdress(std::move(image), moved->from, moved->to) : image;
}

void compare_in_passing(const World& world, const CutPlan& plan, const Parcel& parcel,
                        const Image& first) {
  CheckpointRequest request{.pids = {}, .image_id = 0, .md5_keys = world.md5_keys};
  for (const auto& [pid, number] : parcel.subjects) {
    request.pids.push_back(world.subjects.at(number).pid());
  }
  Checkpoint second(std::move(request));
  second.freeze();
  expect_equal(first, second.read(), plan);
}

void compare_by_another_cut(World& world, const CutPlan& plan, const std::vector<Image>& first) {
  checkpoint(world, plan);
  for (std::size_t i = 0; i < first.size(); ++i) {
    expect_equal(first[i], decode(world.parcels[i].image), plan);
  }
  kill_subjects(world);
  restore(world, plan);
  expect_same(world.before_cut, look_at_ours(world));
}

}  // namespace

void second_checkpoint_equals_first(World& world, const CutPlan& plan) {
  std::vector<Image> first;
  for (const Parcel& parcel : world.parcels) first.push_back(as_restored(world, parcel));
  if (std::any_of(first.begin(), first.end(),
                  [](const Image& image) { return reading_destroys(image); })) {
    compare_by_another_cut(world, plan, first);
    return;
  }
  try {
    for (std::size_t i = 0; i < first.size(); ++i) {
      compare_in_passing(world, plan, world.parcels[i], first[i]);
    }
  } catch (const Unsupported& refused) {  // what the first checkpoint took
    throw Violation("a second checkpoint", "taken, as the first was", refused.what());
  }
}

}  // namespace sockcr::scenario
