#include "dataplane/net/dns.h"

#include <ares.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "dataplane/base/check.h"

namespace sluice::net {
namespace {

// Bounds one event's work; what is left makes another edge or is found by c-ares' timeout.
constexpr int kMaxReadsPerEvent = 64;

int Milliseconds(base::Duration duration) {
  return static_cast<int>(
      std::max<int64_t>(1, std::chrono::ceil<std::chrono::milliseconds>(duration).count()));
}

DnsStatus StatusOf(int ares) {
  switch (ares) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA: return DnsStatus::kNotFound;
    case ARES_ETIMEOUT: return DnsStatus::kTimeout;
    case ARES_EBADNAME: return DnsStatus::kBadName;
    default: return DnsStatus::kFailed;
  }
}

std::string ServerList(const std::vector<Address>& servers) {
  std::string text;
  for (const Address& server : servers) {
    if (!text.empty()) text += ',';
    text += server.ToString();
  }
  return text;
}

void KeepChosen(DnsFamily family, std::vector<DnsAddress>& addresses) {
  if (family == DnsFamily::kAll) return;
  const bool v6 = family == DnsFamily::kV6Only || family == DnsFamily::kAuto;
  const bool only = family == DnsFamily::kV4Only || family == DnsFamily::kV6Only;
  const auto is_chosen = [&](const DnsAddress& a) {
    return a.address.family() == (v6 ? AF_INET6 : AF_INET);
  };
  if (only || std::any_of(addresses.begin(), addresses.end(), is_chosen)) {
    std::erase_if(addresses, [&](const DnsAddress& a) { return !is_chosen(a); });
  }
}

// What is left of `addresses` after the family's choice.
DnsAnswer ToAnswer(std::vector<DnsAddress> addresses, DnsFamily family) {
  KeepChosen(family, addresses);
  DnsAnswer answer;
  if (addresses.empty()) {
    answer.status = DnsStatus::kNotFound;
    answer.text = "the answer holds no address of this family";
    return answer;
  }
  answer.status = DnsStatus::kOk;
  answer.ttl = std::min_element(addresses.begin(), addresses.end(),
                                [](const auto& a, const auto& b) { return a.ttl < b.ttl; })
                   ->ttl;
  answer.addresses = std::move(addresses);
  return answer;
}

DnsAnswer ToAnswer(int status, const ares_addrinfo* info, DnsFamily family) {
  if (status != ARES_SUCCESS) {
    DnsAnswer answer;
    answer.status = StatusOf(status);
    answer.text = ares_strerror(status);
    return answer;
  }
  std::vector<DnsAddress> addresses;
  for (const ares_addrinfo_node* node = info->nodes; node != nullptr; node = node->ai_next) {
    const Address address = Address::FromSockaddr(node->ai_addr, node->ai_addrlen);
    if (address.is_ip()) {
      addresses.push_back({address, std::chrono::seconds(std::max(node->ai_ttl, 0))});
    }
  }
  return ToAnswer(std::move(addresses), family);
}

}  // namespace

// The c-ares channel with its descriptors on the loop and its next timeout on the wheel.
class DnsResolver::Channel final : private event::Timer::Handler {
 public:
  explicit Channel(event::Loop& loop) : loop_(loop), timer_(loop.timers(), *this) {}
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }

  absl::Status Open(const Options& options);
  ares_channel get() const { return channel_; }
  event::Loop& loop() const { return loop_; }
  // After anything that may have changed when c-ares wants to be called.
  void ArmTimer();

 private:
  // One descriptor of c-ares, which opens and closes it.
  class Watch final : public event::Deferred, private event::IoHandler {
   public:
    Watch(Channel& channel, int fd) : channel_(channel), loop_(channel.loop_), fd_(fd) {
      token_ = loop_.Add(fd, *this, event::IoPass::kUpstream);
    }
    ~Watch() override { Stop(); }
    void Stop() { loop_.Remove(fd_, token_); }
    int fd() const { return fd_; }

   private:
    void OnIo(uint32_t ready) override;
    Channel& channel_;  // may be gone once stopped
    event::Loop& loop_;
    const int fd_;
    event::IoToken token_;
  };

  static void OnSocketState(void* self, ares_socket_t fd, int readable, int writable);
  void OnTimer(event::Timer& timer) override;

  event::Loop& loop_;
  ares_channel channel_ = nullptr;
  event::Timer timer_;
  std::vector<std::unique_ptr<Watch>> watches_;
};

absl::Status DnsResolver::Channel::Open(const Options& options) {
  static std::once_flag once;
  std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
  char lookups[] = "fb";
  ares_options ares{};
  ares.timeout = Milliseconds(options.attempt_timeout);
  ares.tries = options.attempts;
  ares.lookups = options.use_hosts_file ? lookups : lookups + 1;
  ares.sock_state_cb = &Channel::OnSocketState;
  ares.sock_state_cb_data = this;
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &ares, mask);
  if (status != ARES_SUCCESS) {
    channel_ = nullptr;
  } else if (!options.servers.empty()) {
    status = ares_set_servers_ports_csv(channel_, ServerList(options.servers).c_str());
  }
  if (status == ARES_SUCCESS) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("DNS resolver: {}", ares_strerror(status)));
}

void DnsResolver::Channel::OnSocketState(void* self, ares_socket_t fd, int readable,
                                         int writable) {
  auto& channel = *static_cast<Channel*>(self);
  auto& watches = channel.watches_;
  const auto found = std::find_if(watches.begin(), watches.end(),
                                  [&](const auto& watch) { return watch->fd() == fd; });
  if (readable || writable) {
    if (found == watches.end()) watches.push_back(std::make_unique<Watch>(channel, fd));
    return;
  }
  if (found == watches.end()) return;
  // Called before c-ares closes the descriptor, perhaps from inside the watch's own event.
  (*found)->Stop();
  channel.loop_.DestroyLater(std::move(*found));
  watches.erase(found);
}

void DnsResolver::Channel::Watch::OnIo(uint32_t ready) {
  // c-ares takes one TCP segment per call and may close the descriptor in any of them, while we are
  // told of an edge only once.
  Channel& channel = channel_;
  const bool writable = (ready & event::kWritable) != 0;
  for (int i = 0; i < kMaxReadsPerEvent; ++i) {
    const bool first = i == 0;
    pollfd more{.fd = fd_, .events = POLLIN, .revents = 0};
    const bool readable = poll(&more, 1, 0) > 0;
    if (!readable && !(first && writable)) break;
    ares_process_fd(channel.channel_, readable ? fd_ : ARES_SOCKET_BAD,
                    first && writable ? fd_ : ARES_SOCKET_BAD);
    if (!token_.valid()) break;
  }
  channel.ArmTimer();
}

void DnsResolver::Channel::ArmTimer() {
  timeval next;
  if (ares_timeout(channel_, nullptr, &next) == nullptr) {
    timer_.Disarm();
    return;
  }
  timer_.ArmAt(loop_.now() + std::chrono::seconds(next.tv_sec) +
               std::chrono::microseconds(next.tv_usec));
}

void DnsResolver::Channel::OnTimer(event::Timer&) {
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  ArmTimer();
}

absl::StatusOr<std::unique_ptr<DnsResolver>> DnsResolver::Create(event::Loop& loop,
                                                                 Options options) {
  auto channel = std::make_unique<Channel>(loop);
  if (absl::Status opened = channel->Open(options); !opened.ok()) return opened;
  return std::unique_ptr<DnsResolver>(new DnsResolver(std::move(channel), std::move(options)));
}

DnsResolver::DnsResolver(std::unique_ptr<Channel> channel, Options options)
    : channel_(std::move(channel)), options_(std::move(options)) {}

DnsResolver::~DnsResolver() = default;

std::unique_ptr<DnsQuery> DnsResolver::Resolve(std::string name, DnsFamily family,
                                               std::function<void(DnsAnswer)> on_answer) {
  event::Loop& loop = channel_->loop();
  std::unique_ptr<DnsQuery> query(new DnsQuery(loop, family, std::move(on_answer)));
  if (const absl::StatusOr<Address> literal = Address::FromIp(name, 0); literal.ok()) {
    query->Finish(ToAnswer({{*literal, std::chrono::seconds(0)}}, family));
    return query;
  }
  query->link_ = new DnsQuery::Link{query.get()};
  query->deadline_.ArmAt(loop.now() + options_.timeout);
  ares_addrinfo_hints hints{};
  hints.ai_flags = ARES_AI_NOSORT;  // sorting opens a socket per address, and balancing is ours
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = family == DnsFamily::kV4Only   ? AF_INET
                    : family == DnsFamily::kV6Only ? AF_INET6
                                                   : AF_UNSPEC;
  ares_getaddrinfo(channel_->get(), name.c_str(), nullptr, &hints, &DnsQuery::OnAres,
                   query->link_);
  channel_->ArmTimer();
  return query;
}

DnsQuery::DnsQuery(event::Loop& loop, DnsFamily family, std::function<void(DnsAnswer)> on_answer)
    : loop_(loop),
      family_(family),
      on_answer_(std::move(on_answer)),
      deadline_(loop.timers(), *this) {}

DnsQuery::~DnsQuery() {
  if (link_ != nullptr) link_->query = nullptr;
}

void DnsQuery::OnAres(void* arg, int status, int, ares_addrinfo* info) {
  const std::unique_ptr<Link> link(static_cast<Link*>(arg));
  if (DnsQuery* query = link->query; query != nullptr) {
    query->link_ = nullptr;
    query->Finish(ToAnswer(status, info, query->family_));
  }
  if (info != nullptr) ares_freeaddrinfo(info);
}

void DnsQuery::Finish(DnsAnswer answer) {
  deadline_.Disarm();
  answer_ = std::move(answer);
  loop_.Post(*this);
}

void DnsQuery::OnTimer(event::Timer&) {
  if (link_ != nullptr) std::exchange(link_, nullptr)->query = nullptr;
  DnsAnswer answer;
  answer.status = DnsStatus::kTimeout;
  answer.text = "no answer in time";
  Finish(std::move(answer));
}

void DnsQuery::Run() {
  // Moved out first: the callee may destroy us.
  const auto on_answer = std::move(on_answer_);
  on_answer(std::move(answer_));
}

}  // namespace sluice::net
