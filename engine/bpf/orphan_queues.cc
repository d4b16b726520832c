#include "engine/bpf/orphan_queues.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <cstring>
#include <span>

#include "engine/bpf/seen_values.h"
#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"

namespace sockcr {
namespace {

// Shared with the program that fills them.
class Chunks {
 public:
  explicit Chunks(std::uint32_t count) : count_(count), map_(make(count)) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    length_ = (stride * count + page - 1) / page * page;
    memory_ = ::mmap(nullptr, length_, PROT_READ, MAP_SHARED, map_.get(), 0);
    if (memory_ == MAP_FAILED) throw SystemError("mmap", "chunks of a queue", errno);
  }
  ~Chunks() { ::munmap(memory_, length_); }
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;

  int map() const { return map_.get(); }

  Bytes read(std::uint32_t first, std::uint32_t length) const {
    Bytes bytes;
    for (std::uint32_t i = first; bytes.size() < length && i < count_; ++i) {
      const auto* chunk = reinterpret_cast<const QueueChunk*>(
          static_cast<const std::uint8_t*>(memory_) + std::size_t{i} * stride);
      const std::size_t used = std::min<std::size_t>(chunk->used, sizeof chunk->bytes);
      bytes.insert(bytes.end(), chunk->bytes, chunk->bytes + used);
    }
    return bytes;
  }

 private:
  // The kernel begins each element of an array at a multiple of 8.
  static constexpr std::size_t stride = (sizeof(QueueChunk) + 7) / 8 * 8;

  static FileDescriptor make(std::uint32_t count) {
    LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
    return FileDescriptor(call(
        "bpf",
        [&] {
          return ::bpf_map_create(BPF_MAP_TYPE_ARRAY, "chunks", sizeof(__u32), sizeof(QueueChunk),
                                  count, &options);
        },
        [&] { return fmt::format("BPF_MAP_CREATE, {} of {} bytes", count, sizeof(QueueChunk)); }));
  }

  std::uint32_t count_;
  FileDescriptor map_;
  std::size_t length_ = 0;
  void* memory_ = nullptr;
};

// While it lives, the program finds the chunks.
class Lent {
 public:
  Lent(int arena, const Chunks& chunks) : arena_(arena) {
    const int chunks_map = chunks.map();
    call(
        "bpf", [&] { return ::bpf_map_update_elem(arena_, &slot, &chunks_map, BPF_ANY); },
        [&] { return std::string("BPF_MAP_UPDATE_ELEM, arena"); });
  }
  ~Lent() { ::bpf_map_delete_elem(arena_, &slot); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

 private:
  static constexpr __u32 slot = 0;
  int arena_;
};

std::uint32_t chunks_for(const std::vector<SeenSocket>& seen) {
  std::uint32_t count = 0;
  for (const SeenSocket& socket : seen) {
    if (is_orphan(socket)) count += queued_bytes(socket) / QUEUE_PIECE + 1;
  }
  return count;
}

std::string reason_of(std::uint32_t fault) {
  switch (static_cast<QueueFault>(fault)) {
    case queue_complete:
      return "";
    case queue_without_memory:
      return "its queue has grown while it was read";
    case queue_unreadable:
      return "an address of its queue is not mapped";
    case queue_without_anchor:
      return "its bytes lie in pages, and where the kernel keeps pages is not known";
    case queue_of_strange_data:
      return "its queue holds what is no plain memory";
    case queue_with_gap:
      return "the lengths of its queue disagree with its sequence numbers";
  }
  return fmt::format("fault {}", fault);
}

OrphanQueue queue_of(const SeenOrphan& seen, const Chunks& chunks) {
  OrphanQueue queue{.socket = seen.socket, .bytes = {}, .why_not = reason_of(seen.fault)};
  if (!queue.why_not.empty()) return queue;
  queue.bytes = chunks.read(seen.first_chunk, seen.length);
  if (queue.bytes.size() != queued_bytes(seen.socket)) queue.why_not = reason_of(queue_with_gap);
  return queue;
}

}  // namespace

std::vector<OrphanQueue> read_orphan_queues(const LoadedObject& object,
                                            const std::vector<SeenSocket>& seen) {
  const Chunks chunks(chunks_for(seen));
  const Lent lent(object.map("arena"), chunks);
  const Bytes said = object.pass("orphans");
  std::vector<OrphanQueue> queues;
  for (std::size_t at = 0; at + sizeof(SeenOrphan) <= said.size(); at += sizeof(SeenOrphan)) {
    SeenOrphan orphan;
    std::memcpy(&orphan, said.data() + at, sizeof orphan);
    queues.push_back(queue_of(orphan, chunks));
  }
  return queues;
}

}  // namespace sockcr
