// The resources of one ADS client: all types, on one stream after the other. It takes decoded
// responses, hands their changes to the consumer, and sends requests and answers.
//
// A response is in one of three places: waiting (one per type, R68; one more of any type holds the
// stream back, R67), in the consumer's hands, or answered. Listeners, routes, clusters and Commits
// are handed over one at a time; endpoints beside them. A refusal of something that was refused
// before waits in `late` (R20). On a committing stream resources are staged and answered at once,
// and the Commit is what the consumer gets.
//
// Order of names: assignments and routes are asked for when what refers to them has been applied,
// in one request (R63); types are opened in the order of StartOrder (R64).
// Thread: config. The stream may be lost and begun anew at any time; configuration stays.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/event/loop.h"
#include "dataplane/xds/commit_flow.h"
#include "dataplane/xds/consumer.h"
#include "dataplane/xds/discovery_stats.h"
#include "dataplane/xds/interest.h"
#include "dataplane/xds/nack_pause.h"
#include "dataplane/xds/response.h"
#include "dataplane/xds/start_order.h"
#include "dataplane/xds/subscription.h"

namespace sluice::xds {

struct DiscoveryOptions {
  Variant variant = Variant::kDelta;
  envoy::config::core::v3::Node node;  // as it is sent
  // Bound of each step of start-up (xDS: ConfigSource.initial_fetch_timeout); zero: for ever.
  base::Duration initial_fetch_timeout = std::chrono::seconds(15);
  // A name that was asked for and did not come is taken as not existing (R56).
  base::Duration resource_timeout = std::chrono::seconds(15);
  // What the proxy serves already, from its state directory, and which revision that is (0: it did
  // not come from a committing server).
  config::ResourceSet serving;
  uint64_t serving_revision = 0;
  // What the bootstrap's own clusters and listeners refer to: asked for by name, whatever comes.
  std::vector<std::string> static_assignments;
  std::vector<std::string> static_routes;
  // Start-up may go on: the first configuration is complete, or it took too long. Once.
  std::function<void()> on_initial_fetch;
};

class Discovery final : private event::Timer::Handler {
 public:
  // Where requests go.
  class Sender {
   public:
    // A serialised request, while a stream is open.
    virtual void Send(std::string message) = 0;
    // The next response may come.
    virtual void OnRoom() = 0;

   protected:
    ~Sender() = default;
  };

  // All outlive this object.
  Discovery(event::Loop& loop, Consumer& consumer, DiscoveryRecord& record, Sender& sender,
            DiscoveryOptions options);
  ~Discovery();
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

  // Start-up begins, with or without a stream.
  void Start();
  void OnStreamStart();
  void OnStreamLost();
  // Only while has_room().
  void OnResponse(Response response);
  bool has_room() const { return !overflow_.has_value(); }

 private:
  struct Waiting {
    Response response;
    uint64_t arrival = 0;
    bool expired = false;  // made here: `removed` are names whose ttl ran out (R66)
  };
  struct InHand {
    Response response;
    std::vector<config::ResourceRef> changed;
    std::vector<std::string> removed;
    uint64_t stream = 0;
  };
  // A refusal that is held back.
  struct Late {
    Response response;  // only what Subscription::Answer reads
    google::rpc::Status error;
    std::vector<config::ResourceType> restart;
  };
  struct Channel {
    Channel(Discovery& discovery, DiscoveryType type);
    const DiscoveryType type;
    Interest interest;
    std::unique_ptr<Subscription> subscription;
    std::optional<Waiting> waiting;
    std::optional<InHand> in_hand;
    std::optional<Late> late;
    NackPause pause;
    event::Timer late_timer;
    bool heard = false;  // a response came, on any stream
    bool told = false;   // the consumer was given one
    bool busy() const { return waiting.has_value() || in_hand.has_value(); }
  };

  // Streams and requests (discovery.cc).
  void OnTimer(event::Timer& timer) override;
  void OnNamesTimer();
  void HearServer(const Response& response);
  void SetWishes();
  // Listeners, and the routes they name, are asked for.
  bool WantsListeners();
  void HoldServing();
  // Asks for the names that staged and serving resources refer to. Looks at all of them.
  void UpdateReferences();
  // Sends the requests that are due.
  void Flush();
  void ArmNamesTimer();
  bool MayExpire(const Channel& channel) const;
  // Goes on with start-up as far as it can.
  void Advance();
  void ArmStepTimer();
  bool StreamIs(uint64_t stream) const { return stream_open_ && stream == stream_; }

  // Responses (discovery_responses.cc).
  void Pump();
  bool CanRun(const Channel& channel) const;
  void Run(Channel& channel);
  void RunResources(Channel& channel, Waiting waiting);
  // Takes over what needs no consumer: times to live. Adds problems.
  TypeChange ChangeOf(Channel& channel, Waiting& waiting);
  void Stage(Channel& channel, const TypeChange& change, const Response& response);
  void HandOver(Channel& channel, TypeChange change, Response response);
  void Finish(Channel& channel, Problems problems);
  void Keep(Channel& channel, const InHand& done, const Problems& problems);
  void RunCommit(Channel& channel, Response response);
  void FinishCommit(CommitFlow::Outcome outcome);
  void Accept(Channel& channel, const Response& response,
              const std::optional<google::rpc::Status>& error);
  void Refuse(Channel& channel, const Response& response, google::rpc::Status error,
              std::vector<config::ResourceType> restart = {});
  void Answer(Channel& channel, const Response& response, const Problems& problems);
  void SendLate(Channel& channel);
  void Restart(config::ResourceType type);

  Channel& of(DiscoveryType type) { return *channels_[static_cast<size_t>(type)]; }
  TypeStats& StatsOf(const Channel& channel) { return record_.stats.of(channel.type); }
  void Send(std::string message);

  event::Loop& loop_;
  Consumer& consumer_;
  DiscoveryRecord& record_;
  Sender& sender_;
  DiscoveryOptions options_;
  std::array<std::unique_ptr<Channel>, kDiscoveryTypes.size()> channels_;
  CommitFlow commits_;
  config::ResourceSet serving_;  // what the consumer serves, as far as it came from the server
  bool committing_ = false;      // the stream is; between streams: the last one was
  bool served_ = false;          // a revision, since the start
  std::optional<Waiting> overflow_;
  uint64_t arrivals_ = 0;
  bool exclusive_ = false;  // the consumer applies a type or a Commit
  bool pumping_ = false;
  bool stream_open_ = false;
  bool node_sent_ = false;     // on this stream
  bool heard_ = false;         // on this stream
  bool heard_ever_ = false;
  uint64_t stream_ = 0;        // counts them
  StartOrder order_;
  bool announced_ = false;
  event::Timer step_timer_;
  event::Timer names_timer_;   // late and expired names
  // Callbacks that come after our end find it gone.
  std::shared_ptr<Discovery*> self_ = std::make_shared<Discovery*>(this);
};

}  // namespace sluice::xds
