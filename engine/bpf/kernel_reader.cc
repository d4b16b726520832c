#include "engine/bpf/kernel_reader.h"

#include <time.h>
#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "engine/bpf/loaded_object.h"
#include "engine/bpf/object_bytes.h"
#include "engine/bpf/obstacle.h"
#include "engine/bpf/orphan_queues.h"
#include "engine/bpf/pages.h"
#include "engine/bpf/seen_values.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

// The coarse clock advances with every jiffy.
std::int64_t tick_ns() {
  timespec tick{};
  ::clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
  return tick.tv_nsec;
}

auto key_of(const Address& local, const Address& remote) {
  return std::tuple(local.family, local.port, remote.port, local.bytes, remote.bytes,
                    local.scope_id);
}

auto key_of(const SeenSocket& seen) { return key_of(local_of(seen), remote_of(seen)); }

bool has_lesser_key(const SeenSocket& a, const SeenSocket& b) { return key_of(a) < key_of(b); }

// What a system call reads is the truth, or little more.
bool is_sharper(const TimestampClock& exact, const TimestampClock& read) {
  if (exact.microseconds != read.microseconds) return false;
  return read.offset - exact.offset <= (read.microseconds ? 1000U : 2U);
}

std::vector<SeenSocket> look_at_sockets(const LoadedObject& object) {
  const Bytes said = object.pass("sockets");
  std::vector<SeenSocket> seen(said.size() / sizeof(SeenSocket));
  std::memcpy(seen.data(), said.data(), seen.size() * sizeof(SeenSocket));
  std::sort(seen.begin(), seen.end(), has_lesser_key);
  return seen;
}

// Loaded when there are orphans to read: they are rare, and these programs are the larger part.
class QueueReader {
 public:
  QueueReader() : object_(bpf_object_bytes(), {"orphans", "find_page"}) {
    find_pages(object_);  // where they are not found, queues without pages are read all the same
  }
  std::vector<OrphanQueue> read(const std::vector<SeenSocket>& seen) const {
    return read_orphan_queues(object_, seen);
  }

 private:
  LoadedObject object_;
};

// What a program says of the files of this process. Nothing where the kernel does not have what it
// needs; before Linux 6.1 there is no pass over one process alone.
template <class Seen>
std::optional<std::vector<Seen>> look_at_own_files(std::optional<LoadedObject>& object,
                                                   const std::string& program) {
  try {
    if (!object) object.emplace(bpf_object_bytes(), std::vector<std::string>{program});
    const Bytes said = object->pass_over_own_files(program);
    std::vector<Seen> seen(said.size() / sizeof(Seen));
    std::memcpy(seen.data(), said.data(), seen.size() * sizeof(Seen));
    return seen;
  } catch (const Unsupported&) {
    return std::nullopt;
  } catch (const SystemError&) {
    return std::nullopt;
  }
}

KernelReader::OrderedGroup group_of(const SeenMembership& seen) {
  KernelReader::OrderedGroup one{
      .group = {.family = seen.family, .bytes = {}}, .chosen_by = {}, .interface = seen.interface};
  std::copy(std::begin(seen.group), std::end(seen.group), one.group.bytes.begin());
  std::copy(std::begin(seen.chosen_by), std::end(seen.chosen_by), one.chosen_by.bytes.begin());
  return one;
}

class Reader final : public KernelReader {
 public:
  explicit Reader(Orphans orphans) : object_(bpf_object_bytes(), {"sockets"}) {
    if (orphans == Orphans::leave_out) without_orphans_ = "orphans are left out";
  }

  void look() override {
    seen_ = look_at_sockets(object_);
    orphans_.clear();
    if (std::any_of(seen_.begin(), seen_.end(), is_orphan)) look_into_orphans();
  }

  std::optional<TcpRequest> request(const Address& local, const Address& remote) const override {
    const SeenSocket* seen = find(local, remote);
    if (seen == nullptr || seen->kind != seen_request) return std::nullopt;
    return request_of(*seen);
  }

  std::optional<TcpTimeWait> time_wait(const Address& local, const Address& remote) const override {
    const SeenSocket* seen = find(local, remote);
    if (seen == nullptr || !is_time_wait(*seen)) return std::nullopt;
    return time_wait_of(*seen, tick_ns());
  }

  std::optional<TcpConnection> orphan(const Address& local, const Address& remote,
                                      std::string& why_not) const override {
    why_not = without_orphans_;
    if (!why_not.empty()) return std::nullopt;
    const auto found = std::find_if(orphans_.begin(), orphans_.end(), [&](const OrphanQueue& one) {
      return key_of(one.socket) == key_of(local, remote);
    });
    why_not = found == orphans_.end() ? "it is gone" : found->why_not;
    if (!why_not.empty()) return std::nullopt;
    return connection_of(found->socket, found->bytes);
  }

  std::optional<std::vector<OrderedGroup>> groups_in_order(int socket) override {
    const auto seen = look_at_own_files<SeenMembership>(memberships_, "memberships");
    if (!seen) return std::nullopt;
    std::vector<OrderedGroup> groups;
    for (const SeenMembership& one : *seen) {
      if (static_cast<int>(one.descriptor) == socket) groups.push_back(group_of(one));
    }
    return groups;
  }

  std::optional<std::vector<FilterProgram>> filter_programs() override {
    const auto seen = look_at_own_files<SeenProgram>(programs_, "programs");
    if (!seen) return std::nullopt;
    std::vector<FilterProgram> programs;
    programs.reserve(seen->size());
    for (const SeenProgram& one : *seen) {
      programs.push_back({static_cast<int>(one.descriptor), one.id, one.filter, one.references});
    }
    return programs;
  }

  void complete(TcpConnection& connection) const override {
    const SeenSocket* seen = find(connection.local, connection.remote);
    if (seen == nullptr || seen->kind != seen_connection) return;
    connection.send_urgent = urgent_of(*seen, connection);
    connection.send_urgent_unknown = false;
    if (!connection.negotiated.timestamps) return;
    connection.ts_recent = seen->ts_recent;
    if (is_sharper(clock_of(*seen), connection.clock)) connection.clock = clock_of(*seen);
  }

 private:
  // A pass may show a socket twice. Two sockets have the same ends where they are bound to
  // different interfaces.
  const SeenSocket* find(const Address& local, const Address& remote) const {
    const auto key = key_of(local, remote);
    const auto first = std::partition_point(seen_.begin(), seen_.end(),
                                            [&](const SeenSocket& s) { return key_of(s) < key; });
    if (first == seen_.end() || key_of(*first) != key) return nullptr;
    const auto other = std::find_if(first, seen_.end(), [&](const SeenSocket& s) {
      return key_of(s) != key || s.cookie != first->cookie;
    });
    return other == seen_.end() || key_of(*other) != key ? &*first : nullptr;
  }

  void look_into_orphans() {
    if (!without_orphans_.empty()) return;
    try {
      if (!queues_) queues_.emplace();
      orphans_ = queues_->read(seen_);
    } catch (const Unsupported& error) {
      without_orphans_ = error.what();
    }
  }

  LoadedObject object_;
  std::optional<QueueReader> queues_;
  std::optional<LoadedObject> memberships_, programs_;
  std::string without_orphans_;   // why their queues are not read
  std::vector<SeenSocket> seen_;  // by their ends
  std::vector<OrphanQueue> orphans_;
};

}  // namespace

std::unique_ptr<KernelReader> KernelReader::open(Orphans orphans, std::string& why_not) {
  why_not = bpf_obstacle();
  if (!why_not.empty()) return nullptr;
  try {
    return std::make_unique<Reader>(orphans);
  } catch (const std::exception& error) {
    why_not = error.what();
    return nullptr;
  }
}

}  // namespace sockcr
