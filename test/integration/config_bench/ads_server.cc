#include "test/integration/config_bench/ads_server.h"

#include <openssl/evp.h>

#include <array>

#include "test/integration/main_job/api_client.h"

namespace sluice::configbench {

using mainjob::Die;

namespace {

using Digest = std::array<uint8_t, 32>;
constexpr std::chrono::seconds kPatience{60};

// What one resource adds to TypeState.digest.
Digest Term(const std::string& name, const std::string& version) {
  const std::string text = name + '\0' + version;
  Digest digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    Die("no SHA-256");
  }
  return digest;
}

// Modulo 2^256, big-endian.
void AddTo(Digest& sum, const Digest& term) {
  unsigned carry = 0;
  for (size_t i = sum.size(); i-- > 0;) {
    carry += sum[i] + term[i];
    sum[i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
}

}  // namespace

AdsServer::AdsServer(Kind kind) : kind_(kind) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) Die("the ADS server does not start");
}

AdsServer::~AdsServer() { server_->Shutdown(std::chrono::system_clock::now()); }

void AdsServer::Hold(const std::string& type_url, const std::string& name,
                     const google::protobuf::Message& resource) {
  std::string bytes = resource.SerializeAsString();
  const std::lock_guard lock(mutex_);
  held_[type_url][name] = {std::to_string(++versions_), std::move(bytes)};
}

std::string AdsServer::Send(const std::string& type_url, const std::string& name) {
  const std::lock_guard lock(mutex_);
  Response response = NewResponse(type_url);
  Add(name, response);
  return Write(response);
}

std::string AdsServer::SendCommit(uint64_t revision, Commit::Phase phase) {
  const std::lock_guard lock(mutex_);
  Commit commit;
  commit.set_revision(revision);
  commit.set_group("bench");
  commit.set_phase(phase);
  for (const char* type_url : {kClusters, kListeners, kRoutes}) AddTypeState(type_url, commit);
  Response response = NewResponse(kCommits);
  auto& one = *response.add_resources();
  one.set_name("commit");
  one.set_version(std::to_string(revision) + "/" + std::to_string(phase));
  one.mutable_resource()->PackFrom(commit);
  return Write(response);
}

void AdsServer::AddTypeState(const std::string& type_url, Commit& commit) const {
  Digest sum{};
  const auto& resources = held_.at(type_url);
  for (const auto& [name, held] : resources) AddTo(sum, Term(name, held.version));
  auto& state = *commit.add_types();
  state.set_type_url(type_url);
  state.set_count(resources.size());
  state.set_digest(sum.data(), sum.size());
}

AdsServer::Time AdsServer::AwaitAck(const std::string& nonce) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return answers_.contains(nonce); })) {
    Die("no answer to response " + nonce);
  }
  const Answer answer = answers_.extract(nonce).mapped();
  if (!answer.refusal.empty()) Die("refused: " + answer.refusal);
  return answer.at;
}

void AdsServer::AwaitSubscription(const std::string& type_url) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return subscribed_.contains(type_url); })) {
    Die("not subscribed to: " + type_url);
  }
}

grpc::Status AdsServer::DeltaAggregatedResources(grpc::ServerContext*, Stream* stream) {
  {
    const std::lock_guard lock(mutex_);
    stream_ = stream;
  }
  for (Request request; stream->Read(&request);) Take(request);
  const std::lock_guard lock(mutex_);
  if (stream_ == stream) stream_ = nullptr;
  return grpc::Status::OK;
}

void AdsServer::Take(const Request& request) {
  const Time now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (!request.response_nonce().empty()) {
    // A committing proxy's ACK of a Commit carries a report under code 0.
    const bool refused = request.error_detail().code() != 0;
    answers_[request.response_nonce()] = {now, refused ? request.error_detail().DebugString() : ""};
  }
  const std::string& type_url = request.type_url();
  const bool first = request.response_nonce().empty() && !subscribed_.contains(type_url);
  const auto& resources = held_[type_url];
  std::set<std::string> names;
  for (const std::string& name : request.resource_names_subscribe()) {
    if (name != "*") names.insert(name);
  }
  // The first request of a type without names asks for all, as "*" does.
  const bool all = (first && request.resource_names_subscribe().empty()) ||
                   names.size() < static_cast<size_t>(request.resource_names_subscribe_size());
  if (all) {
    for (const auto& [name, held] : resources) names.insert(name);
  }
  std::erase_if(names, [&](const std::string& name) { return !resources.contains(name); });
  if (!names.empty() && type_url != kCommits) {
    Response response = NewResponse(type_url);
    for (const std::string& name : names) Add(name, response);
    Write(response);
  }
  subscribed_.insert(type_url);
  changed_.notify_all();
}

AdsServer::Response AdsServer::NewResponse(const std::string& type_url) {
  Response response;
  response.set_type_url(type_url);
  response.set_nonce(std::to_string(++nonces_));
  response.mutable_control_plane()->set_identifier(kind_ == Kind::kCommitting ? "bench;commit=1"
                                                                              : "bench");
  return response;
}

void AdsServer::Add(const std::string& name, Response& response) const {
  const Held& held = held_.at(response.type_url()).at(name);
  auto& one = *response.add_resources();
  one.set_name(name);
  one.set_version(held.version);
  one.mutable_resource()->set_type_url(response.type_url());
  one.mutable_resource()->set_value(held.bytes);
}

std::string AdsServer::Write(const Response& response) {
  if (stream_ != nullptr) stream_->Write(response);
  return response.nonce();
}

}  // namespace sluice::configbench
