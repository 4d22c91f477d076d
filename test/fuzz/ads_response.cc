// Whatever an ADS server says, in either variant, to a consumer that answers late and refuses as it
// likes, on streams that end at any moment: no crash, every answer carries a nonce that was sent,
// and no response is answered twice.
//
// Input: a byte of habits (the bits below), then steps: a byte (the enum below, modulo its number)
// and, for a response, its length in two bytes and its bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/log.h"
#include "dataplane/xds/discovery.h"
#include "envoy/service/discovery/v3/discovery.pb.h"

namespace sluice {
namespace {

enum Habit : uint8_t { kSotw = 1, kAnswersLate = 2, kRefuses = 4, kServesAlready = 8 };
enum class Step : uint8_t { kRespond, kAnswer, kWait, kReconnect, kCount };

void Require(bool holds) {
  if (!holds) std::abort();
}

class StillClock final : public base::Clock {
 public:
  base::MonoTime Now() const override { return now; }
  std::chrono::system_clock::time_point WallNow() const override { return {}; }
  base::MonoTime now{std::chrono::seconds(1000)};
};

class Server final : public xds::Consumer, public xds::Discovery::Sender {
 public:
  explicit Server(uint8_t habits) : habits_(habits) {
    xds::DiscoveryOptions options;
    options.variant = (habits & kSotw) != 0 ? xds::Variant::kSotw : xds::Variant::kDelta;
    options.serving_revision = (habits & kServesAlready) != 0 ? 1 : 0;
    variant_ = options.variant;
    discovery_.emplace(loop_, *this, record_, *this, options);
    discovery_->Start();
    discovery_->OnStreamStart();
  }

  void Run(std::string_view steps) {
    while (!steps.empty()) {
      const auto step = static_cast<Step>(static_cast<uint8_t>(steps[0]) %
                                          static_cast<uint8_t>(Step::kCount));
      steps.remove_prefix(1);
      if (step == Step::kRespond) {
        if (steps.size() < 2) return;
        const size_t wanted = static_cast<uint8_t>(steps[0]) << 8 | static_cast<uint8_t>(steps[1]);
        steps.remove_prefix(2);
        const std::string_view bytes = steps.substr(0, wanted);
        steps.remove_prefix(bytes.size());
        Respond(bytes);
      }
      if (step == Step::kAnswer) Answer();
      if (step == Step::kWait) Wait();
      if (step == Step::kReconnect) Reconnect();
    }
  }

 private:
  void Respond(std::string_view bytes) {
    absl::StatusOr<xds::Response> response = xds::DecodeResponse(variant_, bytes);
    if (!response.ok()) return Reconnect();
    if (!discovery_->has_room()) return;
    ++owed_[response->nonce];
    discovery_->OnResponse(std::move(*response));
  }
  void Answer() {
    for (auto& answer : std::exchange(waiting_, {})) answer();
  }
  void Wait() {
    clock_.now += std::chrono::seconds(7);
    loop_.RunUntilIdle();
  }
  void Reconnect() {
    discovery_->OnStreamLost();
    owed_.clear();
    discovery_->OnStreamStart();
  }
  void Later(std::function<void()> answer) {
    waiting_.push_back(std::move(answer));
    if ((habits_ & kAnswersLate) == 0) Answer();
  }

  // xds::Discovery::Sender
  void Send(std::string message) override {
    if (variant_ == xds::Variant::kSotw) {
      envoy::service::discovery::v3::DiscoveryRequest request;
      Require(request.ParseFromString(message));
      return;  // requests that change names repeat the nonce
    }
    envoy::service::discovery::v3::DeltaDiscoveryRequest request;
    Require(request.ParseFromString(message));
    Require(request.error_detail().message().size() <= xds::kMaxRefusalBytes);
    if (request.response_nonce().empty()) return;
    Require(owed_[request.response_nonce()]-- > 0);
  }
  void OnRoom() override {}

  // xds::Consumer
  Problems Judge(const xds::TypeChange& change) const {
    Problems problems;
    for (const config::ResourceRef& resource : change.changed) {
      if ((habits_ & kRefuses) == 0 || resource->name.size() % 2 == 0) continue;
      problems.push_back(xds::ContentProblem("t", resource->name, "odd"));
    }
    return problems;
  }
  void ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) override {
    Require(!std::exchange(busy_, true));
    Later([this, done = std::move(done), problems = Judge(change)] {
      busy_ = false;
      done(problems);
    });
  }
  void ApplyEndpoints(xds::TypeChange change, std::function<void(Problems)> done) override {
    Later([done = std::move(done), problems = Judge(change)] { done(problems); });
  }
  void Prepare(xds::Revision, std::function<void(::sluice::xds::v1::CommitReport)> done) override {
    End(std::move(done));
  }
  void Serve(uint64_t, std::function<void(::sluice::xds::v1::CommitReport)> done) override {
    End(std::move(done));
  }
  void Discard() override {}
  void End(std::function<void(::sluice::xds::v1::CommitReport)> done) {
    Require(!std::exchange(busy_, true));
    ::sluice::xds::v1::CommitReport report;
    if ((habits_ & kRefuses) != 0) *report.add_refused() = xds::ContentProblem("t", "r", "no");
    Later([this, done = std::move(done), report] {
      busy_ = false;
      done(report);
    });
  }

  const uint8_t habits_;
  xds::Variant variant_ = xds::Variant::kDelta;
  StillClock clock_;
  event::Loop loop_{clock_};
  xds::DiscoveryRecord record_;
  std::map<std::string, int> owed_;  // answers, by nonce
  std::vector<std::function<void()>> waiting_;
  bool busy_ = false;
  std::optional<xds::Discovery> discovery_;
};

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  sluice::base::SetLogLevel(sluice::base::LogLevel::kOff);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  sluice::xds::PeekTypeUrl(input.substr(1));
  sluice::Server(data[0]).Run(input.substr(1));
  return 0;
}
