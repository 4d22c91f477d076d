// One client of the admin listener: requests in, a page out, one at a time.
//
// Owner: the Admin's list until it hands itself to Loop::DestroyLater. Thread: main. Request bodies
// are read and dropped. A client that sends or takes nothing for Admin::kIdleTime is closed, also
// while its answer is being made on the config thread.
#pragma once

#include <memory>

#include "dataplane/admin/page.h"
#include "dataplane/base/intrusive_list.h"
#include "dataplane/buffer/arena.h"
#include "dataplane/event/loop.h"
#include "dataplane/http1/server_codec.h"
#include "dataplane/net/byte_stream.h"

namespace sluice::admin {

struct ConnectionTag {};

class Connection final : public event::Deferred,
                         public base::ListNode<ConnectionTag>,
                         private net::StreamEvents,
                         private http::ConnectionEvents,
                         private http::StreamEvents,
                         private event::Flushable,
                         private event::Timer::Handler {
 public:
  // All outlive the connection.
  struct Context {
    event::Loop& loop;
    buffer::BlockPool& pool;
    const std::shared_ptr<const Sources>& sources;
    const http1::ServerOptions& options;
    base::Duration idle_time;
  };
  Connection(const Context& context, std::unique_ptr<net::ByteStream> stream);
  ~Connection() override = default;

 private:
  // net::StreamEvents
  void OnReadable() override;
  void OnWritable() override { Flush(); }
  void OnConnected(bool) override {}
  // http::ConnectionEvents
  http::StreamEvents* OnStream(http::StreamId id) override;
  void OnLastStream() override {}
  void OnOutput() override { context_.loop.FlushLater(*this); }
  // http::StreamEvents
  http::Head& NewHead(HeadKind kind) override;
  void OnHead(http::EndStream) override {}
  void OnBody(buffer::Buffer& data) override { data.Clear(); }
  void OnTrailers() override {}
  void OnEnd() override;
  void OnReset(http::StreamError error) override;
  // event::Flushable
  void Flush() override;
  // event::Timer::Handler
  void OnTimer(event::Timer&) override { Close(); }

  // Lets the codec take what was received, as far as it wants.
  void Feed();
  // The request is complete: its page, now or once the config thread has made it.
  void AnswerRequest();
  void RunOnConfig(std::function<Response()> work);
  // `allow`: the Allow field of a 405 (RFC 9110 15.5.6); empty: none.
  void Send(const Response& response, std::string_view allow);
  // A byte moved: the client has another idle time.
  void Touch() { idle_.ArmAt(context_.loop.now() + context_.idle_time); }
  // At once, without flushing; the object dies at the end of the turn. Idempotent.
  void Close();

  // Heads and arena keep a request until the next one begins.
  const Context context_;
  std::unique_ptr<net::ByteStream> stream_;
  buffer::Arena arena_;
  http::Head request_;
  http::Head trailers_;
  http::Head response_;
  http1::ServerCodec codec_;
  buffer::Buffer received_;
  buffer::Buffer unsent_;
  event::Timer idle_;
  // Answers from the config thread find out by it that the connection is gone.
  std::shared_ptr<Connection*> self_;
  http::StreamId id_ = 0;
  bool serving_ = false;  // a request is under way
  bool close_after_flush_ = false;
  bool closed_ = false;
};

}  // namespace sluice::admin
