#include "dataplane/upstream/dns_cluster.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/log.h"

namespace sluice::upstream {

// One DnsTarget: the question under way or the timer until the next one, and the last good answer.
class DnsCluster::Name final : private event::Timer::Handler, private event::Task {
 public:
  Name(DnsCluster& owner, const DnsTarget& target)
      : owner_(owner), target_(target), timer_(owner.loop_.timers(), *this) {
    owner_.loop_.Post(*this);
  }

  void AppendTo(EndpointSet& set) const {
    for (const net::Address& address : addresses_) {
      EndpointSpec spec = target_.like;
      spec.address = address.WithPort(target_.port);
      set.endpoints.push_back(std::move(spec));
    }
  }
  // kNever without addresses.
  base::MonoTime answered() const { return addresses_.empty() ? base::kNever : answered_; }

 private:
  void Run() override { Ask(); }
  void OnTimer(event::Timer&) override { Ask(); }
  void Ask();
  void OnAnswer(net::DnsAnswer answer);
  void OnGood(const net::DnsAnswer& answer);
  void OnBad(const std::string& why);
  void AskAfter(base::Duration wait) { timer_.ArmAt(owner_.loop_.now() + wait); }

  DnsCluster& owner_;
  const DnsTarget& target_;
  event::Timer timer_;
  std::unique_ptr<net::DnsQuery> query_;
  std::vector<net::Address> addresses_;  // sorted
  base::MonoTime answered_ = base::kNever;
  base::Duration failure_wait_ = base::Duration::zero();  // zero: the last answer was good
  bool heard_ = false;
};

void DnsCluster::Name::Ask() {
  if (owner_.resolver_ == nullptr) {
    net::DnsAnswer none;
    none.text = "there is no resolver";
    return OnAnswer(std::move(none));
  }
  query_ = owner_.resolver_->Resolve(
      target_.name, owner_.spec_.dns_family,
      [this](net::DnsAnswer answer) { OnAnswer(std::move(answer)); });
}

void DnsCluster::Name::OnAnswer(net::DnsAnswer answer) {
  if (answer.status == net::DnsStatus::kOk) {
    OnGood(answer);
  } else {
    OnBad(answer.text);
  }
  if (!std::exchange(heard_, true)) owner_.OnFirst();
}

void DnsCluster::Name::OnGood(const net::DnsAnswer& answer) {
  std::vector<net::Address> addresses;
  for (const net::DnsAddress& found : answer.addresses) addresses.push_back(found.address);
  std::sort(addresses.begin(), addresses.end(), [](const net::Address& a, const net::Address& b) {
    return a.ToString() < b.ToString();
  });
  const bool changed = addresses != addresses_;
  addresses_ = std::move(addresses);
  answered_ = owner_.loop_.now();
  failure_wait_ = base::Duration::zero();
  const ClusterSpec& spec = owner_.spec_;
  // A TTL of 0 comes from the hosts file, or means "ask each time", which nobody gets.
  const bool by_ttl = spec.respect_dns_ttl && answer.ttl.count() > 0;
  AskAfter(by_ttl ? std::min<base::Duration>(answer.ttl, kMaxTtl) : spec.dns_refresh_rate);
  if (changed) owner_.Publish();
}

void DnsCluster::Name::OnBad(const std::string& why) {
  const ClusterSpec& spec = owner_.spec_;
  if (failure_wait_ == base::Duration::zero()) {
    base::LogWarn("cluster '{}': cannot resolve '{}': {}; {}", spec.name, target_.name, why,
                  addresses_.empty() ? "it has no addresses" : "the last addresses stay in use");
  }
  failure_wait_ = failure_wait_ == base::Duration::zero()
                      ? spec.dns_failure_base
                      : std::min(2 * failure_wait_, spec.dns_failure_max);
  // From half of it on, so that many names that failed together do not ask together.
  const double share = 0.5 + 0.5 * owner_.random_.Unit();
  AskAfter(std::chrono::duration_cast<base::Duration>(share * failure_wait_));
}

DnsCluster::DnsCluster(event::Loop& loop, net::DnsResolver* resolver, Registry& registry,
                       std::shared_ptr<Cluster> cluster, base::Random& random,
                       std::function<void()> on_first)
    : loop_(loop),
      resolver_(resolver),
      registry_(registry),
      cluster_(std::move(cluster)),
      spec_(cluster_->spec()),
      random_(random),
      on_first_(std::move(on_first)),
      unheard_(spec_.dns_targets.size()) {
  for (const DnsTarget& target : spec_.dns_targets) {
    names_.push_back(std::make_unique<Name>(*this, target));
  }
}

DnsCluster::~DnsCluster() = default;

bool DnsCluster::Serves(const ClusterSpec& spec) const {
  return spec_.dns_targets == spec.dns_targets && spec_.dns_family == spec.dns_family &&
         spec_.dns_locality_weights == spec.dns_locality_weights &&
         spec_.dns_provisioning == spec.dns_provisioning &&
         spec_.respect_dns_ttl == spec.respect_dns_ttl &&
         spec_.dns_refresh_rate == spec.dns_refresh_rate &&
         spec_.dns_failure_base == spec.dns_failure_base &&
         spec_.dns_failure_max == spec.dns_failure_max;
}

base::MonoTime DnsCluster::oldest_answer() const {
  base::MonoTime oldest = base::kNever;
  for (const auto& name : names_) oldest = std::min(oldest, name->answered());
  return oldest;
}

void DnsCluster::Publish() {
  EndpointSet set;
  for (const auto& name : names_) name->AppendTo(set);
  set.locality_weights = spec_.dns_locality_weights;
  set.provisioning = spec_.dns_provisioning;
  registry_.SetEndpoints(*cluster_, set);
}

void DnsCluster::OnFirst() {
  if (--unheard_ == 0 && on_first_) std::exchange(on_first_, nullptr)();
}

}  // namespace sluice::upstream
