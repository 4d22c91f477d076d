// Name resolution on the event loop (c-ares): one UDP or TCP exchange, no thread, nothing blocks.
//
// Keeping the last good answer, refreshing and backing off are the caller's: a failure here is just
// said. Thread: one loop (the config thread's); /etc/hosts is read when a question is asked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataplane/event/loop.h"
#include "dataplane/net/address.h"

struct ares_addrinfo;

namespace sluice::net {

// Cluster.dns_lookup_family.
enum class DnsFamily : uint8_t {
  kV4Only,
  kV6Only,
  kAuto,         // IPv6 if there is any, else IPv4
  kV4Preferred,  // IPv4 if there is any, else IPv6
  kAll,
};

enum class DnsStatus : uint8_t {
  kOk,        // at least one address
  kNotFound,  // the name does not exist, or has no address of the family asked for
  kTimeout,   // no server answered in time
  kFailed,    // refused, SERVFAIL, malformed answers
  kBadName,   // not a name that can be asked for
};

struct DnsAddress {
  Address address;           // port 0
  std::chrono::seconds ttl;  // of this record; 0 for the hosts file and for literals
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::kFailed;
  std::vector<DnsAddress> addresses;  // in the order of the answer; not empty iff kOk
  std::chrono::seconds ttl{0};        // the smallest of them
  std::string text;                   // for people: what went wrong; empty for kOk
};

class DnsQuery;

class DnsResolver final {
 public:
  struct Options {
    std::vector<Address> servers;  // empty: those of /etc/resolv.conf
    // Bound of a whole query, all servers and attempts included.
    base::Duration timeout = std::chrono::seconds(5);
    // First wait for one server; later ones are longer. `attempts` per server.
    base::Duration attempt_timeout = std::chrono::seconds(1);
    int attempts = 3;
    bool use_hosts_file = true;
  };
  // UNAVAILABLE when c-ares cannot start (bad resolv.conf, no memory). `loop` outlives the
  // resolver.
  static absl::StatusOr<std::unique_ptr<DnsResolver>> Create(event::Loop& loop, Options options);
  ~DnsResolver();
  DnsResolver(const DnsResolver&) = delete;
  DnsResolver& operator=(const DnsResolver&) = delete;

  // Asks for the addresses of `name` (a DNS name, or an IP literal, which answers itself).
  // `on_answer` is called once, from the loop and never from inside Resolve; destroying the query
  // before means it never is. The resolver outlives its queries. `on_answer` may destroy the query.
  [[nodiscard]] std::unique_ptr<DnsQuery> Resolve(std::string name, DnsFamily family,
                                                  std::function<void(DnsAnswer)> on_answer);

 private:
  friend class DnsQuery;
  class Channel;
  explicit DnsResolver(std::unique_ptr<Channel> channel, Options options);
  std::unique_ptr<Channel> channel_;
  Options options_;
};

// A question under way. Owned by whoever asked.
class DnsQuery final : private event::Task, private event::Timer::Handler {
 public:
  ~DnsQuery();
  DnsQuery(const DnsQuery&) = delete;
  DnsQuery& operator=(const DnsQuery&) = delete;

 private:
  friend class DnsResolver;
  // What c-ares keeps of us. It cannot forget a single question, so we let go of it instead.
  struct Link {
    DnsQuery* query;
  };
  DnsQuery(event::Loop& loop, DnsFamily family, std::function<void(DnsAnswer)> on_answer);
  static void OnAres(void* link, int status, int timeouts, ares_addrinfo* info);
  void Finish(DnsAnswer answer);
  void Run() override;
  void OnTimer(event::Timer& timer) override;

  event::Loop& loop_;
  const DnsFamily family_;
  std::function<void(DnsAnswer)> on_answer_;
  event::Timer deadline_;
  Link* link_ = nullptr;  // owned by c-ares, which gives it back in its callback; nullptr else
  DnsAnswer answer_;
};

}  // namespace sluice::net
