#include <gtest/gtest.h>

#include "test/dataplane/upstream/world.h"
#include "test/support/allocation_counter.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

TEST(AllocationTest, AWarmRequestAllocatesNothing) {
  World world;
  test::FakeUpstream upstream(world.worker.loop);
  upstream.AnswerWith(std::string(kOk));
  upstream.KeepReceived(false);
  WorkerCluster& cluster = world.Serve(Spec(), {upstream.address()});
  Client client(world.worker.blocks);
  client.keep_body = false;
  uint64_t before = 0;
  for (int i = 0; i < 200; ++i) {
    if (i == 100) before = test::AllocationCount();
    client.Forget();
    client.arena.Reset();
    client.Get(cluster);
    world.Run();
    ASSERT_TRUE(client.ended());
  }
  EXPECT_EQ(test::AllocationCount() - before, 0u);
}

TEST(AllocationTest, AWarmRequestWithABodyAllocatesNothing) {
  World world;
  test::FakeUpstream upstream(world.worker.loop);
  upstream.KeepReceived(false);
  WorkerCluster& cluster = world.Serve(Spec(), {upstream.address()});
  Client client(world.worker.blocks);
  client.keep_body = false;
  uint64_t before = 0;
  for (int i = 0; i < 200; ++i) {
    if (i == 100) before = test::AllocationCount();
    client.Forget();
    client.arena.Reset();
    client.Post(cluster);
    client.Send("a body in two", http::EndStream::kNo);
    world.Run();
    client.Send(" parts", http::EndStream::kYes);
    world.Run();
    upstream[0].Send(kOk);
    world.Run();
    ASSERT_TRUE(client.ended());
  }
  EXPECT_EQ(test::AllocationCount() - before, 0u);
}

}  // namespace
}  // namespace sluice::upstream
