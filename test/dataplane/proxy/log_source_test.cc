#include "dataplane/proxy/log_source.h"

#include <gtest/gtest.h>

#include <memory>

#include <chrono>
#include <cstring>
#include <thread>

namespace sluice::proxy {
namespace {

using config::AccessLogSpec;

void Record(LogSource& source, const std::shared_ptr<const AccessLogSpec>& spec) {
  ASSERT_NE(source.ring().Reserve(100), nullptr);
  source.Hold(spec);
  source.ring().Commit(100);
}

void Drain(LogSource& source) {
  source.ring().Consume(LogRing::kBytes, [](std::string_view) {});
}

TEST(LogSourceTest, ASpecLivesUntilItsLastRecordWasRead) {
  const auto owned = std::make_unique<LogSource>(std::make_shared<LogWake>());
  LogSource& source = *owned;  // aligned to 64: no place on a sanitized stack
  auto old_spec = std::make_shared<const AccessLogSpec>();
  std::weak_ptr<const AccessLogSpec> old_alive = old_spec;
  Record(source, old_spec);
  Record(source, old_spec);
  old_spec.reset();  // the revision is gone
  const auto second = std::make_shared<const AccessLogSpec>();
  Record(source, second);
  EXPECT_FALSE(old_alive.expired());
  Drain(source);
  const auto third = std::make_shared<const AccessLogSpec>();
  Record(source, third);
  EXPECT_TRUE(old_alive.expired());
  EXPECT_EQ(source.held(), 2u);
}

// The position of a spec is that of its last record, not of its first.
TEST(LogSourceTest, ALaterRecordOfTheSameSpecCountsToo) {
  const auto source = std::make_unique<LogSource>(std::make_shared<LogWake>());
  auto spec = std::make_shared<const AccessLogSpec>();
  const std::weak_ptr<const AccessLogSpec> alive = spec;
  Record(*source, spec);
  Drain(*source);
  Record(*source, spec);
  spec.reset();
  Record(*source, std::make_shared<const AccessLogSpec>());
  EXPECT_FALSE(alive.expired());
}

TEST(LogSourceTest, ASpecOfALiveSnapshotIsHeldOnce) {
  const auto owned = std::make_unique<LogSource>(std::make_shared<LogWake>());
  LogSource& source = *owned;  // aligned to 64: no place on a sanitized stack
  const auto a = std::make_shared<const AccessLogSpec>();
  const auto b = std::make_shared<const AccessLogSpec>();
  for (int i = 0; i < 100; ++i) {
    Record(source, a);
    Record(source, b);
    Drain(source);
  }
  EXPECT_EQ(source.held(), 2u);
  EXPECT_EQ(a.use_count(), 2);
}

// The last record of a spec begins exactly where the consumer stands: it was not read yet.
TEST(LogSourceTest, ARecordThatIsNextToBeReadCounts) {
  const auto owned = std::make_unique<LogSource>(std::make_shared<LogWake>());
  LogSource& source = *owned;  // aligned to 64: no place on a sanitized stack
  const auto first = std::make_shared<const AccessLogSpec>();
  auto spec = std::make_shared<const AccessLogSpec>();
  std::weak_ptr<const AccessLogSpec> alive = spec;
  Record(source, first);
  Drain(source);
  Record(source, spec);
  spec.reset();
  Record(source, std::make_shared<const AccessLogSpec>());
  EXPECT_FALSE(alive.expired());
}

TEST(LogWakeTest, EndsASleep) {
  LogWake wake;
  std::thread waker([&] {
    for (int i = 0; i < 50; ++i) {
      wake.Wake();
      std::this_thread::yield();
    }
    wake.WakeAlways();
  });
  wake.Sleep(60'000);
  waker.join();
}

}  // namespace
}  // namespace sluice::proxy
