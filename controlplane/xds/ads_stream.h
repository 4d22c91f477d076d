// One ADS stream on gRPC's side: reads requests one at a time, writes responses in order.
//
// gRPC calls the reactor on its own threads; the session and everything it knows is on the strand.
// The next request is read only when the last one was handled there (R67). Life: keeps itself alive
// until gRPC's OnDone; the session dies on the strand, at the latest then. A peer that does not
// read: the session sends nothing more of a type until its last response was answered.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>

#include "controlplane/xds/session.h"

namespace sluice::xds {

// Open streams, for what concerns all of them. On the strand but for Close.
class StreamEntry {
 public:
  virtual void OnAssignments() = 0;
  // Ends the stream; any thread.
  virtual void Close(grpc::Status status) = 0;

 protected:
  ~StreamEntry() = default;
};

// Told on the strand of streams that come and go.
class StreamOwner {
 public:
  virtual void OnOpen(StreamEntry& entry) = 0;
  virtual void OnClosed(StreamEntry& entry) = 0;
  // What the session of a node is made with; `write` is left empty.
  virtual SessionContext ContextFor(fleet::Node node) = 0;
  virtual strand::Strand& strand() = 0;

 protected:
  ~StreamOwner() = default;
};

template <typename Protocol>
class AdsStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                        public StreamEntry {
 public:
  // gRPC owns it from here on, until OnDone. `owner` outlives the strand's tasks.
  static AdsStream* Open(StreamOwner& owner);

  void OnAssignments() override;
  void Close(grpc::Status status) override;

 private:
  using Request = typename Protocol::Request;
  explicit AdsStream(StreamOwner& owner) : owner_(owner) {}

  // gRPC's threads.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { Close(grpc::Status::CANCELLED); }
  void OnDone() override;
  // The strand.
  void Handle(const Request& request);
  bool MakeSession(const Request& request);
  void Write(grpc::ByteBuffer bytes);

  StreamOwner& owner_;
  std::shared_ptr<AdsStream> self_;                // until OnDone
  grpc::ByteBuffer in_;
  std::unique_ptr<Session<Request>> session_;      // strand
  std::mutex mutex_;
  std::deque<grpc::ByteBuffer> out_;               // guarded by mutex_; the front is being written
  bool finished_ = false;                          // guarded by mutex_
};

}  // namespace sluice::xds
