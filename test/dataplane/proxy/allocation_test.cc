// Issue: no heap allocation per request after warm-up, from the client's bytes to its answer.
#include <gtest/gtest.h>

#include "test/dataplane/proxy/proxy_world.h"
#include "test/support/allocation_counter.h"

namespace sluice::proxy {
namespace {

// A client that allocates nothing itself.
class QuietClient final : private net::StreamEvents {
 public:
  QuietClient(ProxyWorld& world, std::unique_ptr<test::HoldingStream> stream)
      : world_(world), stream_(std::move(stream)) {
    stream_->SetEvents(this);
  }
  void Send(std::string_view bytes) {
    out_.AppendCopy(world_.pool, bytes);
    (void)stream_->Write(out_);
    world_.Settle();
  }
  size_t received() const { return received_; }

 private:
  void OnReadable() override {
    const net::IoResult result = stream_->Read(in_, 65536);
    received_ += result.bytes;
    in_.Clear();
  }
  void OnWritable() override {}
  void OnConnected(bool) override {}

  ProxyWorld& world_;
  std::unique_ptr<test::HoldingStream> stream_;
  buffer::Buffer out_, in_;
  size_t received_ = 0;
};

void ExpectNoneAfterWarmUp(std::string_view request, std::string response) {
  ProxyWorld world;
  world.service.AnswerWith(std::move(response));
  world.service.KeepReceived(false);
  world.http.max_requests_per_connection = 0;
  world.Publish();
  QuietClient client(world, world.ConnectStream());
  for (int i = 0; i < 200; ++i) client.Send(request);
  const size_t received = client.received();
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 1000; ++i) client.Send(request);
  // The count is the whole process's, and the log writer's thread takes up its work meanwhile; one
  // allocation per request would be 1,000.
  EXPECT_LT(test::AllocationCount() - before, 10u);
  EXPECT_GT(client.received() - received, 1000u * 50);
}

TEST(ProxyAllocationTest, ARequestWithoutABodyAllocatesNothing) {
  ExpectNoneAfterWarmUp("GET /a/b?c=d HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n", std::string(kOk));
}

TEST(ProxyAllocationTest, BodiesInBothDirectionsAllocateNothing) {
  ExpectNoneAfterWarmUp(
      "POST /a HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n");
}

TEST(ProxyAllocationTest, ALocalReplyAllocatesNothing) {
  ExpectNoneAfterWarmUp("TRACE / HTTP/1.1\r\nHost: shop.example\r\n\r\n", std::string(kOk));
}

}  // namespace
}  // namespace sluice::proxy
