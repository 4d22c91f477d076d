#include "dataplane/proxy/date_cache.h"

#include "dataplane/http/date.h"
#include "dataplane/http/head.h"

namespace sluice::proxy {

std::string_view DateCache::Get(base::MonoTime now) {
  if (now >= good_until_) {
    const auto wall = clock_.WallNow();
    const auto second = std::chrono::floor<std::chrono::seconds>(wall);
    const http::DateText text = http::FormatDate(second.time_since_epoch().count());
    line_ = http::MakeFieldLine(http::FieldId::kDate, {text.data(), text.size()});
    good_until_ = now + (second + std::chrono::seconds(1) - wall);
  }
  return line_;
}

}  // namespace sluice::proxy
