#include "dataplane/proxy/date_cache.h"

namespace sluice::proxy {

std::string_view DateCache::Get(base::MonoTime now) {
  if (now >= good_until_) {
    const auto wall = clock_.WallNow();
    const auto second = std::chrono::floor<std::chrono::seconds>(wall);
    text_ = http::FormatDate(second.time_since_epoch().count());
    good_until_ = now + (second + std::chrono::seconds(1) - wall);
  }
  return {text_.data(), text_.size()};
}

}  // namespace sluice::proxy
