#include "test/support/grpc_ads_server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <mutex>

namespace sluice::test {
namespace {

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

grpc::ByteBuffer BufferOf(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

// What the server and its streams share.
struct Inbox {
  std::mutex mutex;
  std::deque<std::string> requests;
};

class Stream final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Stream(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}
  void Begin(std::shared_ptr<Stream> self) {
    self_ = std::move(self);
    StartRead(&incoming_);
  }

  void Send(std::string message) {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) WriteFirst();
  }
  void End(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(over_, true)) return;
    }
    Finish(status);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(grpc::Status::OK);
    {
      const std::lock_guard lock(inbox_->mutex);
      inbox_->requests.push_back(TextOf(incoming_));
    }
    StartRead(&incoming_);
  }
  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    queue_.pop_front();
    if (ok && !over_ && !queue_.empty()) WriteFirst();
  }
  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override { self_.reset(); }

 private:
  void WriteFirst() {
    outgoing_ = BufferOf(queue_.front());
    StartWrite(&outgoing_);
  }

  const std::shared_ptr<Inbox> inbox_;
  std::shared_ptr<Stream> self_;  // until gRPC is done with it
  grpc::ByteBuffer incoming_;
  std::mutex mutex_;
  std::deque<std::string> queue_;  // the first is being written
  grpc::ByteBuffer outgoing_;
  bool over_ = false;
};

}  // namespace

struct GrpcAdsServer::State final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* ctx) override {
    auto stream = std::make_shared<Stream>(inbox);
    {
      const std::lock_guard lock(mutex);
      newest = stream;
      method = ctx->method();
      ++streams;
    }
    Stream* const raw = stream.get();
    raw->Begin(std::move(stream));
    return raw;
  }
  std::shared_ptr<Stream> Newest() {
    const std::lock_guard lock(mutex);
    return newest.lock();
  }

  const std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();
  std::mutex mutex;
  std::weak_ptr<Stream> newest;
  std::string method;
  size_t streams = 0;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

GrpcAdsServer::GrpcAdsServer() : state_(std::make_unique<State>()) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &state_->port);
  builder.RegisterCallbackGenericService(state_.get());
  builder.SetMaxSendMessageSize(-1);
  state_->server = builder.BuildAndStart();
}

GrpcAdsServer::~GrpcAdsServer() {
  state_->server->Shutdown(std::chrono::system_clock::now());
  state_->server->Wait();
}

uint16_t GrpcAdsServer::port() const { return static_cast<uint16_t>(state_->port); }

size_t GrpcAdsServer::streams() const {
  const std::lock_guard lock(state_->mutex);
  return state_->streams;
}

std::string GrpcAdsServer::method() const {
  const std::lock_guard lock(state_->mutex);
  return state_->method;
}

std::optional<std::string> GrpcAdsServer::TakeRequest() {
  const std::lock_guard lock(state_->inbox->mutex);
  if (state_->inbox->requests.empty()) return std::nullopt;
  std::string request = std::move(state_->inbox->requests.front());
  state_->inbox->requests.pop_front();
  return request;
}

void GrpcAdsServer::Send(std::string message) {
  if (const auto stream = state_->Newest()) stream->Send(std::move(message));
}

void GrpcAdsServer::EndStream(int code, const std::string& text) {
  if (const auto stream = state_->Newest()) {
    stream->End(grpc::Status(static_cast<grpc::StatusCode>(code), text));
  }
}

}  // namespace sluice::test
