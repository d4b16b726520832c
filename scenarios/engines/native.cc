#include "scenarios/engines/native.h"

#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/sys/error.h"

namespace sockcr::scenario {

void Native::freeze(const CutRequest& cut) {
  if (cut.listen_only_at_checkpoint || cut.listen_only_at_restore) {
    throw Unsupported("--listen-only", "not built yet");
  }
  CheckpointRequest request{.pids = cut.subjects, .image_id = cut.image_id};
  edit(request.readings);
  checkpoint_ = std::make_unique<Checkpoint>(std::move(request));
  checkpoint_->freeze();
}

void Native::checkpoint() { bytes_ = encode(checkpoint_->read()); }

void Native::kill() {
  checkpoint_->kill();
  checkpoint_.reset();
}

void Native::restore() {
  Image image = decode(bytes_);
  edit(image);
  restoration_ = std::make_unique<Restoration>(std::move(image));
  for (std::size_t i = 0; i < restoration_->plans().size(); ++i) {
    edit(restoration_->plans()[i], std::get<TcpConnection>(restoration_->image().sockets[i]));
  }
  restoration_->build();
}

std::vector<RestoredSocket> Native::sockets() const {
  const std::vector<int> built = restoration_->sockets();
  std::vector<RestoredSocket> held;
  for (std::size_t i = 0; i < built.size(); ++i) {
    if (built[i] >= 0) held.push_back({built[i], restoration_->image().where[i].holders});
  }
  return held;
}

void Native::resume() {
  restoration_->resume();
  restoration_.reset();
}

}  // namespace sockcr::scenario
