#include "test/support/manual_clock.h"

#include "dataplane/base/check.h"

namespace sluice::test {
namespace {

constexpr std::chrono::seconds kYear2026(1767225600);

}  // namespace

std::chrono::system_clock::time_point ManualClock::WallNow() const {
  const auto since = kYear2026 + std::chrono::nanoseconds(now_.load() + wall_jump_.load());
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(since));
}

void ManualClock::Advance(base::Duration by) {
  base::Check(by >= base::Duration::zero(), "monotonic time does not go back");
  now_ += by.count();
}

}  // namespace sluice::test
