// load: an HTTP/1.1 load client on epoll, one thread, loopback only.
//
//   load --port=P --connections=32 --duration=1.3          closed loop
//   load --port=P --connections=32 --requests=2500         closed loop, exact count
//   load --port=P --connections=32 --rate=4000 --duration=2  open loop
//   load --port=P --connections=4000 --idle --hold=60      idle connections
//
// In the open loop a latency counts from the time the request was *due*, also
// when all connections were busy then: a stalled proxy cannot slow the client
// down and so hide its stall (coordinated omission). Prints one JSON object at
// the end; with --idle first {"ready":true,...} when all connections had their
// answer, then it holds them until stdin ends or --hold seconds passed.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench/histogram.h"
#include "tools/bench/http_client.h"
#include "tools/bench/load_options.h"
#include "tools/bench/net.h"

namespace sluice::bench {
namespace {

// Answers still missing this long after the last request was due are lost.
constexpr uint64_t kGraceNs = 5'000'000'000;
// Connections opened at once: more would overflow listen queues in idle mode.
constexpr size_t kConnectsInFlight = 64;
constexpr uint64_t kTimerToken = UINT64_MAX;

struct Errors {
  uint64_t connect = 0, status = 0, closed = 0, malformed = 0, timeout = 0;
  int last_status = 0;
  uint64_t sum() const { return connect + status + closed + malformed + timeout; }
};

// The bytes of the i-th request. Successive requests stride over the paths so
// that a table of routes is hit everywhere and never in order.
class Requests {
 public:
  explicit Requests(const LoadOptions& options) {
    const size_t mark = options.path.find("%d");
    const uint32_t count = mark == std::string::npos ? 1 : options.path_count;
    texts_.reserve(count);
    for (uint32_t i = 0; i < count; ++i) {
      std::string path = options.path;
      if (mark != std::string::npos) {
        char number[16];
        std::snprintf(number, sizeof(number), "%05u", i);
        path.replace(mark, 2, number);
      }
      texts_.push_back("GET " + path + " HTTP/1.1\r\nhost: " + options.host +
                       "\r\nuser-agent: sluice-bench/1\r\naccept: */*\r\n\r\n");
    }
  }

  const std::string& Next() {
    at_ = (at_ + kStride) % texts_.size();
    return texts_[at_];
  }

 private:
  static constexpr size_t kStride = 7919;  // prime, so it visits every path
  std::vector<std::string> texts_;
  size_t at_ = 0;
};

class Load {
 public:
  explicit Load(const LoadOptions& options) : options_(options), requests_(options) {
    timer_fd_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    WatchEdge(epoll_fd_, timer_fd_, kTimerToken);
  }

  void Run() {
    start_ns_ = NowNs();
    stop_ns_ = start_ns_ + static_cast<uint64_t>(options_.duration_s * 1e9);
    clients_.resize(options_.connections);
    connected_.resize(options_.connections);
    ArmTimer(options_.mode == LoadMode::kOpen ? start_ns_ : stop_ns_);
    OpenMore();
    std::array<epoll_event, 256> events;
    while (!Finished()) {
      const int count = epoll_wait(epoll_fd_, events.data(), events.size(), 100);
      for (int i = 0; i < count; ++i) OnEvent(events[i]);
      if (options_.mode == LoadMode::kOpen) SendDue();
    }
    end_ns_ = NowNs();
    errors_.timeout += in_flight_;
  }

  // Keeps the connections open until stdin ends or the hold time is over.
  void Hold() {
    std::printf("{\"ready\":true,\"open\":%zu,\"errors\":%llu}\n", open_,
                static_cast<unsigned long long>(errors_.sum()));
    std::fflush(stdout);
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    poll(&input, 1, static_cast<int>(options_.hold_s * 1000));
  }

  void Print() const;

 private:
  bool Finished() const {
    const uint64_t now = NowNs();
    if (now > stop_ns_ + kGraceNs) return true;
    if (open_ + connecting_ == 0) return true;
    if (in_flight_ != 0 || started_ < 1) return false;
    if (options_.mode == LoadMode::kOpen) return !DueBefore(stop_ns_);
    return started_ >= options_.max_requests || now >= stop_ns_;
  }

  // Opens connections while there is room; each sends its first request at once,
  // except in the open loop, where the clock decides.
  void OpenMore() {
    while (connecting_ < kConnectsInFlight && next_client_ < clients_.size()) {
      const int fd = ConnectLoopback(options_.port);
      if (fd < 0) {
        ++errors_.connect;
        ++next_client_;
        continue;
      }
      clients_[next_client_] = std::make_unique<HttpClient>(fd);
      ++connecting_;
      WatchEdge(epoll_fd_, fd, next_client_++);
    }
  }

  void OnEvent(const epoll_event& event) {
    if (event.data.u64 == kTimerToken) {
      uint64_t expirations;
      [[maybe_unused]] ssize_t ignored = read(timer_fd_, &expirations, sizeof(expirations));
      return;
    }
    const size_t index = event.data.u64;
    if (clients_[index] == nullptr) return;
    if (!connected_[index]) {
      if (event.events & (EPOLLERR | EPOLLHUP)) return Drop(index, errors_.connect);
      if (!(event.events & EPOLLOUT)) return;
      connected_[index] = true;
      --connecting_;
      ++open_;
      OpenMoreUnlessIdle();
      return BecomeFree(index);
    }
    if (event.events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) OnReadable(index);
  }

  // Idle mode opens the next connection when one had its answer, so that the
  // proxy never sees more than kConnectsInFlight requests at once.
  void OpenMoreUnlessIdle() {
    if (options_.mode != LoadMode::kIdle) OpenMore();
  }

  void OnReadable(size_t index) {
    HttpClient& client = *clients_[index];
    const uint64_t bytes_before = client.bytes_read();
    const ClientEvent event = client.Read(scratch_);
    bytes_read_ += client.bytes_read() - bytes_before;
    switch (event) {
      case ClientEvent::kNothing:
        return;
      case ClientEvent::kResponse:
        latency_.Record(NowNs() - client.due_ns());
        break;
      case ClientEvent::kStatus:
        ++errors_.status;
        errors_.last_status = client.last_status();
        break;
      case ClientEvent::kClosed:
        return Drop(index, errors_.closed);
      case ClientEvent::kMalformed:
        return Drop(index, errors_.malformed);
    }
    --in_flight_;
    if (options_.mode == LoadMode::kIdle) return OpenMore();
    BecomeFree(index);
  }

  // A connection that can carry the next request.
  void BecomeFree(size_t index) {
    if (options_.mode == LoadMode::kOpen) {
      free_.push_back(index);
      return;
    }
    const uint64_t now = NowNs();
    if (now < stop_ns_ && started_ < options_.max_requests) Start(index, now);
  }

  void Start(size_t index, uint64_t due_ns) {
    ++started_;
    ++in_flight_;
    if (!clients_[index]->Send(requests_.Next(), due_ns)) Drop(index, errors_.closed);
  }

  // Ends a connection and counts why. A close between requests is an error too:
  // every proxy is configured to keep the connection, and a new one costs CPU.
  void Drop(size_t index, uint64_t& counter) {
    HttpClient& client = *clients_[index];
    if (client.busy()) --in_flight_;
    ++counter;
    --(connected_[index] ? open_ : connecting_);
    free_.erase(std::remove(free_.begin(), free_.end(), index), free_.end());
    clients_[index].reset();
    OpenMore();
  }

  uint64_t DueTime(uint64_t i) const {
    return start_ns_ + static_cast<uint64_t>(static_cast<double>(i) * 1e9 / options_.rate_per_s);
  }
  bool DueBefore(uint64_t ns) const {
    return started_ < options_.max_requests && DueTime(started_) < ns;
  }

  void SendDue() {
    const uint64_t now = std::min(NowNs(), stop_ns_);
    while (!free_.empty() && DueBefore(now)) {
      const size_t index = free_.back();
      free_.pop_back();
      Start(index, DueTime(started_));
    }
    // With no connection free the next answer wakes us; the clock need not.
    if (!free_.empty() && DueBefore(stop_ns_)) ArmTimer(DueTime(started_));
  }

  void ArmTimer(uint64_t at_ns) {
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(at_ns / 1'000'000'000);
    when.it_value.tv_nsec = static_cast<long>(at_ns % 1'000'000'000);
    timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr);
  }

  const LoadOptions options_;
  Requests requests_;
  const int epoll_fd_ = NewEpoll();
  int timer_fd_ = -1;
  std::vector<std::unique_ptr<HttpClient>> clients_;
  std::vector<bool> connected_;
  std::vector<size_t> free_;  // open loop: connections without a request
  std::vector<char> scratch_ = std::vector<char>(256u << 10);
  size_t next_client_ = 0, connecting_ = 0, open_ = 0;
  uint64_t started_ = 0, in_flight_ = 0, bytes_read_ = 0;
  uint64_t start_ns_ = 0, stop_ns_ = 0, end_ns_ = 0;
  Histogram latency_;
  Errors errors_;
};

void Load::Print() const {
  auto number = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  auto us = [this](double percent) { return static_cast<double>(latency_.Percentile(percent)) / 1e3; };
  std::printf(
      "{\"completed\":%llu,\"seconds\":%.6f,\"bytes\":%llu,"
      "\"errors\":{\"sum\":%llu,\"connect\":%llu,\"status\":%llu,\"last_status\":%d,"
      "\"closed\":%llu,\"malformed\":%llu,\"timeout\":%llu},"
      "\"latency_us\":{\"min\":%.1f,\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,"
      "\"p99.9\":%.1f,\"max\":%.1f}}\n",
      number(latency_.count()), static_cast<double>(end_ns_ - start_ns_) / 1e9, number(bytes_read_),
      number(errors_.sum()), number(errors_.connect), number(errors_.status), errors_.last_status,
      number(errors_.closed), number(errors_.malformed), number(errors_.timeout),
      static_cast<double>(latency_.min()) / 1e3, latency_.mean() / 1e3, us(50), us(90), us(99),
      us(99.9), static_cast<double>(latency_.max()) / 1e3);
}

int Run(int argc, char** argv) {
  const Args args(argc, argv, kLoadFlags);
  const LoadOptions options = ParseLoadOptions(args);
  BoundLife(static_cast<unsigned>(std::ceil(options.duration_s + options.hold_s)) + 30);
  RaiseFileLimit();
  Load load(options);
  load.Run();
  if (options.mode == LoadMode::kIdle) load.Hold();
  load.Print();
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Run(argc, argv); }
