#include "scenarios/engines/native.h"

#include "engine/image/decode.h"
#include "engine/image/encode.h"

namespace sockcr::scenario {

void Native::freeze(pid_t subject, std::uint64_t image_id) {
  CheckpointRequest request{.pids = {subject}, .image_id = image_id};
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

void Native::resume() {
  restoration_->resume();
  restoration_.reset();
}

}  // namespace sockcr::scenario
