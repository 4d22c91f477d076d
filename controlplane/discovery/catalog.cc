#include "controlplane/discovery/catalog.h"

#include <utility>

namespace sluice::discovery {

Position Catalog::Replace(std::string_view source, const std::string& service,
                          std::vector<Endpoint> endpoints) {
  std::lock_guard lock(mutex_);
  Put(source, service, std::move(endpoints));
  return position_;
}

Position Catalog::Remove(std::string_view source, const std::string& service) {
  std::lock_guard lock(mutex_);
  Drop(source, service);
  return position_;
}

Position Catalog::ReplaceSource(std::string_view source, Services services) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> gone;
  for (const auto& [service, entry] : services_) {
    if (entry.by_source.contains(source) && !services.contains(service)) gone.push_back(service);
  }
  for (const std::string& service : gone) Drop(source, service);
  for (auto& [service, endpoints] : services) Put(source, service, std::move(endpoints));
  return position_;
}

std::optional<ServiceEndpoints> Catalog::Get(const std::string& service) const {
  std::lock_guard lock(mutex_);
  const auto found = services_.find(service);
  if (found == services_.end()) return std::nullopt;
  return ServiceEndpoints{service, found->second.merged, found->second.changed, false};
}

std::vector<ServiceEndpoints> Catalog::ChangedSince(uint64_t seq) const {
  std::lock_guard lock(mutex_);
  std::vector<ServiceEndpoints> changed;
  for (const auto& [service, entry] : services_) {
    if (entry.changed.seq > seq) changed.push_back({service, entry.merged, entry.changed, false});
  }
  return changed;
}

Position Catalog::position() const {
  std::lock_guard lock(mutex_);
  return position_;
}

void Catalog::Observe(Observer observer) {
  std::lock_guard lock(mutex_);
  for (const auto& [service, entry] : services_) {
    observer({service, entry.merged, entry.changed, false});
  }
  observers_.push_back(std::move(observer));
}

void Catalog::Put(std::string_view source, const std::string& service,
                  std::vector<Endpoint> endpoints) {
  const auto [place, is_new] = services_.try_emplace(service);
  place->second.by_source[std::string(source)] = Normalized(std::move(endpoints));
  Merge(service, place->second, is_new);
}

void Catalog::Drop(std::string_view source, const std::string& service) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  auto& by_source = found->second.by_source;
  const auto known = by_source.find(source);
  if (known == by_source.end()) return;
  by_source.erase(known);
  if (!by_source.empty()) return Merge(service, found->second, false);
  services_.erase(found);
  ++position_.seq;
  Tell({service, {}, position_, true});
}

void Catalog::Merge(const std::string& service, Entry& entry, bool is_new) {
  std::vector<Endpoint> all;
  for (const auto& [source, endpoints] : entry.by_source) {
    all.insert(all.end(), endpoints.begin(), endpoints.end());
  }
  all = Normalized(std::move(all));
  if (!is_new && Same(all, entry.merged)) return;
  entry.merged = std::move(all);
  ++position_.seq;
  entry.changed = position_;
  Tell({service, entry.merged, position_, false});
}

void Catalog::Tell(const ServiceEndpoints& change) {
  for (const Observer& observer : observers_) observer(change);
}

}  // namespace sluice::discovery
