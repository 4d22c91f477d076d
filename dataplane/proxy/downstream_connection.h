// One client connection: byte stream below, server codec in the middle, exchanges above.
//
// Owner: the worker's connection list, until it hands itself to Loop::DestroyLater. Thread: one
// worker, for its whole life. The listener's binding outlives it.
// State: read and write buffers (empty while idle), the deadlines, at most one exchange in HTTP/1.
// Revision change: the next request takes the binding's new configuration; a removed listener
// drains it (Connection: close, idle ones closed). A silent peer: head, body, write and idle
// deadlines. Delayed worker: nothing happens meanwhile. Restart: drained or dropped.
// Back-pressure: the client is not read while the exchange's call holds too much; the upstream is
// not read while more than the listener's buffer limit waits for this client.
#pragma once

#include <memory>

#include "dataplane/base/intrusive_list.h"
#include "dataplane/event/loop.h"
#include "dataplane/http1/server_codec.h"
#include "dataplane/net/byte_stream.h"
#include "dataplane/proxy/deadlines.h"
#include "dataplane/proxy/exchange_driver.h"
#include "dataplane/proxy/worker_context.h"

namespace sluice::proxy {

struct ConnectionTag {};

class DownstreamConnection final : public event::Deferred,
                                   public base::ListNode<ConnectionTag>,
                                   private net::StreamEvents,
                                   private http::ConnectionEvents,
                                   private event::Flushable,
                                   private event::Timer::Handler {
 public:
  // While lingering, and for the rest of a request whose response is complete.
  static constexpr uint64_t kMaxLingerBytes = 64 * 1024;
  static constexpr base::Duration kLingerTime = std::chrono::seconds(5);

  DownstreamConnection(WorkerContext& context, ListenerBinding& binding,
                       std::unique_ptr<net::ByteStream> stream);
  ~DownstreamConnection() override;

  // The worker drains: idle connections close now, others after their response.
  void Drain();
  // The worker ends: no answer, no flush.
  void CloseNow() { Close(false); }

  // For the exchange driver.
  http::Codec& codec() { return codec_; }
  ListenerBinding& binding() { return binding_; }
  Deadlines& deadlines() { return deadlines_; }
  const net::Address& peer() const { return stream_->peer(); }
  const net::Address& local() const { return stream_->local(); }
  // When the bytes of the head that was just completed began to arrive.
  base::MonoTime message_start() const { return message_start_; }
  // Bytes accepted for the client and not yet taken by the kernel.
  size_t unsent_bytes() const { return unsent_ == nullptr ? 0 : unsent_->size(); }
  // The response under way is the last on this connection.
  void CloseAfterResponse() { codec_.CloseAfterResponse(); }
  void WriteSoon() { context_.loop.FlushLater(*this); }
  // Reads again after the exchange let the codec receive.
  void ReadSoon() { context_.loop.Post(read_task_); }
  // The exchange is over in both directions and has released the stream.
  void OnExchangeDone();
  // The response cannot be completed: the client must see that it is cut.
  void CutResponse();

 private:
  class ReadTask final : public event::Task {
   public:
    explicit ReadTask(DownstreamConnection& c) : connection_(c) {}
    void Run() override { connection_.FeedAndRead(); }

   private:
    DownstreamConnection& connection_;
  };
  enum class State : uint8_t { kServing, kLingering, kClosed };

  // net::StreamEvents
  void OnReadable() override;
  void OnWritable() override { Flush(); }
  void OnConnected(bool) override {}
  // http::ConnectionEvents
  http::StreamEvents* OnStream(http::StreamId id) override;
  void OnLastStream() override {}
  void OnOutput() override { WriteSoon(); }
  // event::Flushable
  void Flush() override;
  // event::Timer::Handler
  void OnTimer(event::Timer& timer) override;

  void FeedAndRead();
  // The first bytes of a head are here, and no exchange is under way: its deadline runs.
  void BeginMessage();
  void Feed();
  void OnBadRequest(http::StreamError error);
  void OnPeerEnd();
  void OnIdle();
  void DiscardInput();
  void Linger();
  void FireDeadline(Deadline which);
  void AfterWrite(const net::IoResult& result);
  void Close(bool reset);
  bool closing() const { return state_ != State::kServing; }

  WorkerContext& context_;
  ListenerBinding& binding_;
  std::unique_ptr<net::ByteStream> stream_;
  const http1::ServerOptions options_;  // a copy: the snapshot it came from may go
  http1::ServerCodec codec_;
  buffer::Buffer received_;
  // What the kernel did not take. Made when a client first falls behind: most never do, and idle
  // connections are many.
  std::unique_ptr<buffer::Buffer> unsent_;
  ReadTask read_task_;
  Deadlines deadlines_;
  ExchangeDriver* exchange_ = nullptr;
  base::MonoTime message_start_{};
  uint64_t lingered_bytes_ = 0;
  State state_ = State::kServing;
  bool peer_ended_ = false;
  bool input_waits_ = false;  // the stream offered bytes that were not read
  bool close_after_flush_ = false;
  bool reset_after_flush_ = false;
  bool linger_after_flush_ = false;
  uint32_t requests_ = 0;
};

}  // namespace sluice::proxy
