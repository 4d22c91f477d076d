// Two workers on two threads fight for the same idle connections: for TSan, and for the count.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

constexpr int kRequests = 2000;

// Makes kRequests calls in turn, yielding in between so that its connection can be taken.
void Drive(uint32_t index, Registry& registry, Cluster& cluster, std::atomic<int>& answered,
           std::atomic<int>& at_end) {
  base::SystemClock clock;
  TestWorker worker(index, registry, clock);
  {
    Client client(worker.blocks);
    for (int i = 0; i < kRequests; ++i) {
      client.Forget();
      client.Get(*worker.upstream.Find(cluster.id()));
      while (client.call.active()) worker.loop.RunOnce(std::chrono::milliseconds(100));
      if (client.Result() == "200 ok.") ++answered;
      if (i % 16 == 0) std::this_thread::yield();
    }
  }
  // The loop, whose epoll set the other may still use, lives until both are through.
  ++at_end;
  while (at_end < 2) std::this_thread::yield();
}

TEST(SharingThreadsTest, EveryRequestIsAnsweredAndEveryConnectionHasOneOwner) {
  base::SystemClock clock;
  event::Loop server_loop(clock);
  test::FakeUpstream upstream(server_loop);
  upstream.AnswerWith(std::string(kOk));
  upstream.KeepReceived(false);
  Registry registry({.workers = 2});
  auto cluster = registry.Prepare(std::make_shared<const ClusterSpec>(Spec()));
  registry.SetEndpoints(*cluster, World::SetOf({upstream.address()}));

  std::atomic<int> answered{0};
  std::atomic<int> at_end{0};
  std::thread one([&] { Drive(0, registry, *cluster, answered, at_end); });
  std::thread two([&] { Drive(1, registry, *cluster, answered, at_end); });
  while (at_end < 2) server_loop.RunOnce(std::chrono::milliseconds(1));
  one.join();
  two.join();
  server_loop.RunUntilIdle();

  EXPECT_EQ(answered, 2 * kRequests);
  EXPECT_LE(upstream.size(), 3u)
      << "two requests at a time need two; one may be freed and given away while a third opens";
  EXPECT_EQ(upstream.requests(), 2u * kRequests);
  EXPECT_EQ(cluster->breaker().connections.count(), 0u);
  EXPECT_EQ(cluster->breaker().requests.count(), 0u);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_active), 0);
}

TEST(SharingThreadsTest, EndpointsMayChangeUnderRunningWorkers) {
  base::SystemClock clock;
  event::Loop server_loop(clock);
  test::FakeUpstream first(server_loop), second(server_loop);
  for (test::FakeUpstream* upstream : {&first, &second}) {
    upstream->AnswerWith(std::string(kOk));
    upstream->KeepReceived(false);
  }
  Registry registry({.workers = 2});
  auto cluster = registry.Prepare(std::make_shared<const ClusterSpec>(Spec()));
  registry.SetEndpoints(*cluster, World::SetOf({first.address()}));

  std::atomic<int> answered{0};
  std::atomic<int> at_end{0};
  std::thread one([&] { Drive(0, registry, *cluster, answered, at_end); });
  std::thread two([&] { Drive(1, registry, *cluster, answered, at_end); });
  for (int turn = 0; at_end < 2; ++turn) {
    server_loop.RunOnce(std::chrono::milliseconds(1));
    const bool both = turn % 2 == 0;
    registry.SetEndpoints(*cluster, both ? World::SetOf({first.address(), second.address()})
                                         : World::SetOf({second.address()}));
  }
  one.join();
  two.join();
  EXPECT_EQ(answered, 2 * kRequests) << "no change of endpoints fails a request";
}

}  // namespace
}  // namespace sluice::upstream
