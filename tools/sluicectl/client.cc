#include "tools/sluicectl/client.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <chrono>

#include "google/rpc/status.pb.h"

namespace sluice::ctl {
namespace {

constexpr int kMaxAnswerBytes = 256 << 20;

std::shared_ptr<grpc::Channel> Open(const std::string& server) {
  grpc::ChannelArguments arguments;
  // A proxy in the environment is for the web; it would be asked even for loopback addresses.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

std::vector<sluice::v1::Problem> ProblemsOf(const grpc::Status& status) {
  std::vector<sluice::v1::Problem> problems;
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return problems;
  for (const google::protobuf::Any& any : details.details()) {
    sluice::v1::ProblemList list;
    if (!any.UnpackTo(&list)) continue;
    problems.insert(problems.end(), list.problems().begin(), list.problems().end());
  }
  return problems;
}

Client::Client(std::string server, absl::Duration timeout)
    : server_(std::move(server)),
      timeout_(timeout),
      deadline_(absl::Now() + timeout),
      channel_(Open(server_)),
      config_(sluice::v1::Config::NewStub(channel_)),
      revisions_(sluice::v1::Revisions::NewStub(channel_)),
      insight_(sluice::v1::Insight::NewStub(channel_)),
      registry_(sluice::v1::Registry::NewStub(channel_)) {}

std::unique_ptr<grpc::ClientContext> Client::Context(absl::Duration most) const {
  auto context = std::make_unique<grpc::ClientContext>();
  const absl::Time deadline = std::min(deadline_, absl::Now() + most);
  if (deadline != absl::InfiniteFuture()) context->set_deadline(absl::ToChronoTime(deadline));
  return context;
}

ExitCode Client::Explain(const grpc::Status& status, std::string& text) const {
  const bool connected = channel_->GetState(false) == GRPC_CHANNEL_READY;
  const bool late = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (!connected && (late || status.error_code() == grpc::StatusCode::UNAVAILABLE)) {
    text = fmt::format(
        "cannot reach {}: {}\nis sluice-control running there? --server ADDR or SLUICE_SERVER "
        "names "
        "another",
        server_, late ? "no answer" : status.error_message());
    return ExitCode::kUnreachable;
  }
  if (late) {
    text = fmt::format("timed out after {}", absl::FormatDuration(timeout_));
    return ExitCode::kTimedOut;
  }
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    text = fmt::format("{} cannot do it now: {}", server_, status.error_message());
    return ExitCode::kUnreachable;
  }
  text = status.error_message().empty() ? "the server gave no reason" : status.error_message();
  return ExitCode::kRefused;
}

}  // namespace sluice::ctl
