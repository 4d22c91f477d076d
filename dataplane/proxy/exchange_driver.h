// Moves one exchange through its phases: head, rules, route, request filters, forward; then the
// response back through the filters to the client; then log and counters.
//
// Owner: the worker's ExchangePool; lent to one downstream stream at a time. Thread: one worker.
// It keeps the snapshot it began with until it is finished (revision change: the old rules hold to
// the end). A silent client or upstream is bounded by the connection's deadlines, which call
// OnDeadline. Every exchange ends in Finish exactly once: the log line, the counters, the filters'
// DestroyState and the call's end all happen there. Restart: nothing survives.
#pragma once

#include <cstdint>

#include "dataplane/config/snapshot_ref.h"
#include "dataplane/event/loop.h"
#include "dataplane/filter/exchange.h"
#include "dataplane/filter/filter.h"
#include "dataplane/http/codec.h"
#include "dataplane/proxy/deadlines.h"
#include "dataplane/proxy/retry.h"
#include "dataplane/proxy/worker_context.h"
#include "dataplane/route/forward.h"
#include "dataplane/upstream/call.h"

namespace sluice::proxy {

class DownstreamConnection;

class ExchangeDriver final : public filter::Exchange,
                             public http::StreamEvents,
                             private upstream::CallEvents,
                             private event::Timer::Handler {
 public:
  explicit ExchangeDriver(WorkerContext& context);

  // Begins to serve stream `id` of `connection`, with the listener's current configuration.
  void Begin(DownstreamConnection& connection, http::StreamId id);

  // From the connection.
  void OnDeadline(Deadline which);
  // The client is gone: no answer can reach it.
  void OnDownstreamLost();
  // Bytes held for the client fell below the low mark.
  void OnDownstreamDrained();
  http::StreamId id() const { return id_; }

  // http::StreamEvents: the request.
  http::Head& NewHead(HeadKind kind) override;
  void OnHead(http::EndStream end) override;
  void OnBody(buffer::Buffer& data) override;
  void OnTrailers() override;
  void OnEnd() override;
  void OnReset(http::StreamError error) override;
  void OnSendable() override { OnDownstreamDrained(); }

  // filter::Exchange
  void Resume() override { context_.loop.Post(resume_task_); }

 private:
  friend class ExchangePool;
  // Runs a step of this driver from the loop instead of inline.
  class StepTask final : public event::Task {
   public:
    using Step = void (ExchangeDriver::*)();
    StepTask(ExchangeDriver& driver, Step step) : driver_(driver), step_(step) {}
    void Run() override { (driver_.*step_)(); }

   private:
    ExchangeDriver& driver_;
    Step step_;
  };
  // What a held or buffered request waits for.
  enum class Phase : uint8_t { kHead, kBody, kTrailers, kForwarding };

  // upstream::CallEvents: the response.
  http::Head& NewResponseHead(HeadKind kind) override;
  void OnResponseHead(http::EndStream end) override;
  void OnInformational() override;
  void OnResponseBody(buffer::Buffer& data) override;
  void OnResponseTrailers() override;
  void OnResponseEnd() override;
  void OnFailed(const upstream::CallFailure& failure) override;
  void OnCallSendable() override { ResumeReceiving(); }

  // Request side (exchange_request.cc).
  bool ApplyRules();
  void RunRequestHead(size_t from);
  void AfterRequestHead();
  void Forward();
  void StartCall(upstream::WorkerCluster& cluster, const route::Forward& action);
  void StartAttempt(upstream::WorkerCluster& cluster);
  void AnswerRoute();
  void RunBufferedRequest();
  void ForwardBody(buffer::Buffer& data, http::EndStream end);
  void PassRequestEnd();
  bool RunRequestTrailers();
  void ResumeHeld();
  bool RunBodySteps(buffer::Buffer& data, http::EndStream end);
  void AcceptRequestBytes();
  void ResumeReceiving();

  // Further attempts (exchange_retry.cc). True: there will be one.
  bool RetryAfterFailure(const upstream::CallFailure& failure);
  bool RetryAfterResponse();
  bool TryAgain(const RetryVerdict& verdict);
  void NextAttempt();
  void WatchTry();
  void OnTryTimeout(bool idle);
  void OnTimer(event::Timer& timer) override;
  // The fields that tell client and outer tiers about attempts.
  void MarkAttempts(bool failure);

  // Response side (exchange_response.cc).
  void SendResponseHead(http::EndStream end);
  bool RunResponseHead(http::EndStream end);
  bool RunResponseBody(buffer::Buffer& data, http::EndStream end);
  void ReleaseBufferedResponse();
  void SendToClient(buffer::Buffer& data, http::EndStream end);
  void Reply(const filter::LocalReply& reply);
  void AbortResponse(std::string_view why);
  void CompleteResponse();

  // End (exchange_driver.cc).
  void Finish();
  void Release();
  void Count();

  WorkerContext& context_;
  DownstreamConnection* connection_ = nullptr;
  http::StreamId id_ = 0;
  config::SnapshotRef snapshot_;
  const config::HttpConfig* http_ = nullptr;
  stats::HttpStats* stats_ = nullptr;
  char* filter_states_ = nullptr;
  route::ClusterPick pick_;
  route::RequestHash hash_;         // of the request that was sent on
  upstream::Call call_;
  buffer::Buffer held_;             // request body that waits for a filter or a whole body
  buffer::Buffer held_response_;    // response body that a filter wants whole
  Retry retry_;
  upstream::ClusterId cluster_id_;
  // Waits for the next attempt, or watches the one under way.
  event::Timer try_timer_;
  base::MonoTime try_deadline_ = base::kNever;
  base::MonoTime try_idle_deadline_ = base::kNever;
  StepTask resume_task_;
  StepTask release_task_;
  StepTask next_attempt_task_;
  size_t held_at_ = 0;              // step of `phase_` that holds
  Phase phase_ = Phase::kHead;
  bool holding_ = false;
  bool buffering_request_ = false;
  bool buffering_response_ = false;
  bool forwarding_ = false;         // the call was started
  bool waiting_to_retry_ = false;   // whatever the last attempt still says is dropped
  bool request_paused_ = false;
  bool response_paused_ = false;
  bool request_ended_ = false;      // all of it was received
  bool request_has_trailers_ = false;
  bool expect_continue_ = false;    // the client waits for 100
  bool response_head_sent_ = false;
  bool response_complete_ = false;
  bool finished_ = false;
};

}  // namespace sluice::proxy
