// gRPC, control plane side: a server and a client in one process, over loopback.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "smoke/greeting.grpc.pb.h"

namespace sluice::smoke {
namespace {

class EchoingGreeter final : public Greeter::Service {
 public:
  grpc::Status Greet(grpc::ServerContext*, const Greeting* request, Greeting* reply) override {
    if (request->name().empty()) return {grpc::StatusCode::INVALID_ARGUMENT, "name: empty"};
    reply->set_name("hello " + request->name());
    return grpc::Status::OK;
  }

  grpc::Status Repeat(grpc::ServerContext*, const Greeting* request,
                      grpc::ServerWriter<Greeting>* writer) override {
    for (const int64_t number : request->numbers()) {
      Greeting reply;
      reply.add_numbers(number);
      if (!writer->Write(reply)) return grpc::Status::CANCELLED;
    }
    return grpc::Status::OK;
  }
};

class GrpcTest : public testing::Test {
 protected:
  GrpcTest() {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = Greeter::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                                 grpc::InsecureChannelCredentials()));
  }
  ~GrpcTest() override { server_->Shutdown(); }

  EchoingGreeter service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Greeter::Stub> stub_;
  grpc::ClientContext context_;
  Greeting request_, reply_;
};

TEST_F(GrpcTest, ACallIsAnswered) {
  request_.set_name("world");
  const grpc::Status status = stub_->Greet(&context_, request_, &reply_);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(reply_.name(), "hello world");
}

TEST_F(GrpcTest, AnErrorArrivesWithCodeAndText) {
  const grpc::Status status = stub_->Greet(&context_, request_, &reply_);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "name: empty");
}

TEST_F(GrpcTest, AStreamArrivesInOrder) {
  for (int i = 0; i < 10; ++i) request_.add_numbers(i);
  const auto reader = stub_->Repeat(&context_, request_);
  int expected = 0;
  while (reader->Read(&reply_)) EXPECT_EQ(reply_.numbers(0), expected++);
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(expected, 10);
}

}  // namespace
}  // namespace sluice::smoke
