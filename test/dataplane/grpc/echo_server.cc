// A gRPC C++ server on a free loopback port, which it prints; serves until its input ends. A
// program of its own, because libgrpc++ must not be in one process with the data plane.
#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "dataplane/grpc/echo.grpc.pb.h"

namespace sluice::echo {
namespace {

class Service final : public Echo::Service {
 public:
  ::grpc::Status Say(::grpc::ServerContext* context, const Note* note, Note* reply) override {
    if (note->text().empty()) {
      return {::grpc::StatusCode::INVALID_ARGUMENT, "text: 0 % of \xc3\xa4 note"};
    }
    const bool has_deadline = context->deadline() < std::chrono::system_clock::time_point::max();
    reply->set_text("hello " + note->text() + (has_deadline ? " soon" : ""));
    return ::grpc::Status::OK;
  }

  ::grpc::Status Chat(::grpc::ServerContext* context,
                      ::grpc::ServerReaderWriter<Note, Note>* stream) override {
    context->AddTrailingMetadata("said", "all");
    Note note;
    while (stream->Read(&note)) {
      if (!stream->Write(note)) return ::grpc::Status::CANCELLED;
    }
    return ::grpc::Status::OK;
  }
};

}  // namespace
}  // namespace sluice::echo

int main() {
  sluice::echo::Service service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server->Shutdown();
}
