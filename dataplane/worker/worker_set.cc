#include "dataplane/worker/worker_set.h"

namespace sluice::worker {

WorkerSet::WorkerSet(const Options& options) : options_(options) {
  for (uint32_t i = 0; i < options.count; ++i) {
    workers_.push_back(std::make_unique<Worker>(Worker::Options{
        .index = i, .clock = options.clock, .registry = options.registry,
        .log_writer = options.log_writer, .peers = workers_}));
  }
}

void WorkerSet::Start() {
  for (auto& worker : workers_) worker->Start();
}

void WorkerSet::Join() {
  for (auto& worker : workers_) worker->Stop();
  for (auto& worker : workers_) worker->Join();
}

std::function<void()> WorkerSet::Gather(event::Loop& on, std::function<void()> done) {
  auto left = std::make_shared<size_t>(workers_.size());
  return [&on, left, done = std::move(done)] {
    on.mailbox().Post([left, done] {
      if (--*left == 0) done();
    });
  };
}

void WorkerSet::Adopt(const std::shared_ptr<const config::Snapshot>& snapshot,
                      const std::vector<std::vector<ListenerSocket>>& sockets,
                      std::function<void()> done) {
  const std::function<void()> answered = Gather(options_.main_loop, std::move(done));
  for (size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->PostAdopt(snapshot, sockets[i], answered);
  }
}

void WorkerSet::Drain(std::function<void()> done) {
  const std::function<void()> answered = Gather(options_.main_loop, std::move(done));
  for (auto& worker : workers_) worker->PostDrain(answered);
}

void WorkerSet::Confirm(event::Loop& on, std::function<void()> done) {
  const std::function<void()> answered = Gather(on, std::move(done));
  for (auto& worker : workers_) worker->loop().mailbox().Post(answered);
}

}  // namespace sluice::worker
