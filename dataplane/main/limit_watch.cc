#include "dataplane/main/limit_watch.h"

#include "dataplane/base/log.h"

namespace sluice::main {

void LimitWatch::Near(const std::string& cluster, upstream::Limit limit, uint32_t in_use,
                      uint32_t most) {
  config_.mailbox().Post([this, cluster, limit, in_use, most] { Tell(cluster, limit, in_use, most); });
}

void LimitWatch::Tell(const std::string& cluster, upstream::Limit limit, uint32_t in_use,
                      uint32_t most) {
  base::LogWarn("cluster '{}': {} of {} used ({}): what comes above it is refused", cluster, in_use,
                most, upstream::LimitName(limit));
  told_.insert({cluster, limit});
  if (!timer_.armed()) timer_.ArmAt(config_.now() + kInterval);
}

void LimitWatch::OnTimer(event::Timer&) {
  std::erase_if(told_, [this](const auto& one) { return IsOver(one.first, one.second); });
  if (!told_.empty()) timer_.ArmAt(config_.now() + kInterval);
}

bool LimitWatch::IsOver(const std::string& name, upstream::Limit limit) {
  const auto cluster = registry_.FindByName(name);
  if (cluster == nullptr) return true;
  upstream::InUse& in_use = cluster->breaker().of(limit);
  const uint64_t most = upstream::LimitOf(cluster->spec().breaker, limit);
  if (uint64_t{in_use.count()} * 5 >= most * 3) return false;
  in_use.Rearm();
  return true;
}

}  // namespace sluice::main
