#include "dataplane/worker/worker_set.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "test/dataplane/worker/worker_fixture.h"

namespace sluice::worker {
namespace {

TEST(WorkerSetTest, AnAdoptionIsDoneWhenTheSlowestWorkerServesIt) {
  WorkerFixture fixture(2);
  fixture.Adopt(Answering({"web"}, "one", fixture.stats), {0, 1});

  // Worker 1 is held up; worker 0 goes on meanwhile.
  std::mutex mutex;
  std::condition_variable released;
  bool go = false;
  fixture.workers.workers()[1]->loop().mailbox().Post([&] {
    std::unique_lock lock(mutex);
    released.wait(lock, [&] { return go; });
  });
  std::atomic<bool> done{false}, first_worker_turned{false};
  const auto two = Answering({"web"}, "two", fixture.stats);
  fixture.workers.Adopt(two, fixture.SocketsFor(*two, {0, 1}), [&done] { done = true; });
  fixture.workers.workers()[0]->loop().mailbox().Post([&] { first_worker_turned = true; });
  fixture.RunUntil(first_worker_turned);
  fixture.main_loop.RunUntilIdle();
  EXPECT_FALSE(done);
  {
    std::lock_guard lock(mutex);
    go = true;
  }
  released.notify_all();
  fixture.RunUntil(done);
  BlockingClient client(fixture.AddressOf("web"));
  EXPECT_EQ(client.Ask(), "two");
}

TEST(WorkerSetTest, AConfirmationComesAfterWhatWasPostedBefore) {
  WorkerFixture fixture(2);
  fixture.Adopt(Answering({"web"}, "x", fixture.stats), {0, 1});
  BlockingClient client(fixture.AddressOf("web"));
  EXPECT_EQ(client.Ask(), "x");
  std::atomic<bool> drained{false}, confirmed{false};
  std::atomic<uint32_t> turned{0};
  for (auto& worker : fixture.workers.workers()) worker->loop().mailbox().Post([&] { ++turned; });
  fixture.workers.Confirm(fixture.main_loop, [&] { confirmed = true; });
  EXPECT_FALSE(confirmed);
  fixture.RunUntil(confirmed);
  EXPECT_EQ(turned, 2u);
  fixture.workers.Drain([&] { drained = true; });
  fixture.RunUntil(drained);
}

TEST(WorkerSetTest, ASnapshotGoesWhenItsLastRequestIsOver) {
  WorkerFixture fixture(2);
  auto one = Answering({"web"}, "one", fixture.stats);
  const std::weak_ptr<const config::Snapshot> watch = one;
  fixture.Adopt(std::move(one), {0, 1});
  BlockingClient client(fixture.AddressOf("web"));
  EXPECT_EQ(client.Ask(), "one");
  fixture.Adopt(Answering({"web"}, "two", fixture.stats), {0, 1});
  EXPECT_EQ(client.Ask(), "two");
  // Each worker's message that let go of it has run; the closures are freed right behind.
  std::atomic<int> turned{0};
  std::atomic<bool> both{false};
  for (auto& worker : fixture.workers.workers()) {
    worker->loop().mailbox().Post([&] { both = ++turned == 2; });
  }
  fixture.RunUntil(both);
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace sluice::worker
