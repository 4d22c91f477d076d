#include "controlplane/xds/ads_stream.h"

#include <grpcpp/impl/codegen/proto_buffer_reader.h>

#include "controlplane/xds/committing_session.h"
#include "controlplane/xds/standard_session.h"

namespace sluice::xds {

namespace {

template <typename Request>
bool Parse(grpc::ByteBuffer& bytes, Request& request) {
  grpc::ProtoBufferReader reader(&bytes);
  return reader.status().ok() && request.ParseFromZeroCopyStream(&reader);
}

// A committing client has a session of its own kind; only delta streams have such clients.
template <typename Protocol>
std::unique_ptr<Session<typename Protocol::Request>> NewSession(SessionContext context) {
  if constexpr (Protocol::kProtocol == fleet::Protocol::kDelta) {
    if (context.node.client == fleet::Client::kCommitting) {
      return std::make_unique<CommittingSession>(std::move(context));
    }
  }
  return std::make_unique<StandardSession<Protocol>>(std::move(context));
}

}  // namespace

template <typename Protocol>
AdsStream<Protocol>* AdsStream<Protocol>::Open(StreamOwner& owner) {
  std::shared_ptr<AdsStream> stream(new AdsStream(owner));
  stream->self_ = stream;
  owner.strand().Post([stream] { stream->owner_.OnOpen(*stream); });
  stream->StartRead(&stream->in_);
  return stream.get();
}

template <typename Protocol>
void AdsStream<Protocol>::OnReadDone(bool ok) {
  if (!ok) return Close(grpc::Status::OK);  // the client has said all, or is gone
  auto request = std::make_shared<Request>();
  if (!Parse(in_, *request)) {
    return Close({grpc::StatusCode::INVALID_ARGUMENT, "not a discovery request"});
  }
  owner_.strand().Post([self = self_, request] { self->Handle(*request); });
}

template <typename Protocol>
void AdsStream<Protocol>::Handle(const Request& request) {
  if (request.type_url().empty()) {
    return Close({grpc::StatusCode::INVALID_ARGUMENT, "type_url: must be set on an aggregated stream"});
  }
  if (session_ == nullptr && !MakeSession(request)) return;
  session_->OnRequest(request);
  const std::lock_guard lock(mutex_);
  if (!finished_) StartRead(&in_);
}

template <typename Protocol>
bool AdsStream<Protocol>::MakeSession(const Request& request) {
  if (request.node().id().empty()) {
    Close({grpc::StatusCode::INVALID_ARGUMENT, "node.id: must be set in the first request of a stream"});
    return false;
  }
  SessionContext context = owner_.ContextFor(fleet::ReadNode(request.node(), Protocol::kProtocol));
  context.write = [this](grpc::ByteBuffer bytes) { Write(std::move(bytes)); };
  session_ = NewSession<Protocol>(std::move(context));
  return true;
}

template <typename Protocol>
void AdsStream<Protocol>::OnAssignments() {
  if (session_ != nullptr) session_->OnAssignments();
}

template <typename Protocol>
void AdsStream<Protocol>::Write(grpc::ByteBuffer bytes) {
  const std::lock_guard lock(mutex_);
  if (finished_) return;
  out_.push_back(std::move(bytes));
  if (out_.size() == 1) this->StartWrite(&out_.front());
}

template <typename Protocol>
void AdsStream<Protocol>::OnWriteDone(bool ok) {
  if (!ok) return Close(grpc::Status::OK);
  const std::lock_guard lock(mutex_);
  out_.pop_front();
  if (!out_.empty() && !finished_) this->StartWrite(&out_.front());
}

template <typename Protocol>
void AdsStream<Protocol>::Close(grpc::Status status) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(finished_, true)) return;
  }
  this->Finish(std::move(status));
}

template <typename Protocol>
void AdsStream<Protocol>::OnDone() {
  owner_.strand().Post([self = std::move(self_)] {
    self->session_.reset();
    self->owner_.OnClosed(*self);
  });
}

template class AdsStream<DeltaProtocol>;
template class AdsStream<SotwProtocol>;

}  // namespace sluice::xds
