#include "controlplane/main/insist.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "dataplane/base/log.h"

namespace sluice::main {

namespace {

struct Job {
  std::string what;
  std::function<absl::Status()> write;
  std::function<void()> done;
  base::Duration pause = kFirstPause;
};

void Try(strand::Strand& disk, const std::shared_ptr<Job>& job) {
  const absl::Status status = job->write();
  if (status.ok()) return job->done();
  base::LogError("{} cannot be stored: {}; trying again in {} s", job->what, std::string(status.message()),
                 std::chrono::duration_cast<std::chrono::seconds>(job->pause).count());
  disk.After(job->pause, [&disk, job] { Try(disk, job); });
  job->pause = std::min(job->pause * 2, kLastPause);
}

}  // namespace

void Insist(strand::Strand& disk, std::string what, std::function<absl::Status()> write,
            std::function<void()> done) {
  auto job = std::make_shared<Job>(Job{.what = std::move(what), .write = std::move(write), .done = std::move(done)});
  disk.Post([&disk, job] { Try(disk, job); });
}

}  // namespace sluice::main
