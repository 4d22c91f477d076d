#include "test/dataplane/main/proxy_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "dataplane/base/check.h"
#include "dataplane/xds/discovery_type.h"
#include "dataplane/xds/staging.h"

namespace sluice::main {

namespace {

constexpr int kPatienceMs = 20'000;
constexpr char kBinary[] = "dataplane/main/sluice-proxy";

bool CanRead(int fd) {
  pollfd one{fd, POLLIN, 0};
  return poll(&one, 1, kPatienceMs) > 0;
}

}  // namespace

ProxyProcess::ProxyProcess(const std::vector<std::string>& flags) {
  int out[2];
  base::Check(pipe2(out, O_CLOEXEC) == 0, "there are pipes");
  std::vector<std::string> all = {kBinary, "--concurrency", "2", "-l", "warn"};
  all.insert(all.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& one : all) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    dup2(out[1], STDOUT_FILENO);
    execv(kBinary, arguments.data());
    _exit(127);
  }
  close(out[1]);
  stdout_ = net::Fd(out[0]);
}

ProxyProcess::~ProxyProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  WaitEnd();
}

bool ProxyProcess::ReadLine() {
  for (;;) {
    const size_t end = text_.find('\n');
    if (end != std::string::npos) {
      lines_.push_back(text_.substr(0, end));
      text_.erase(0, end + 1);
      return true;
    }
    char bytes[4096];
    if (!CanRead(stdout_.get())) return false;
    const ssize_t n = read(stdout_.get(), bytes, sizeof bytes);
    if (n <= 0) return false;
    text_.append(bytes, static_cast<size_t>(n));
  }
}

bool ProxyProcess::WaitReady() {
  while (ReadLine()) {
    if (lines_.back() == R"({"ready":true})") return true;
  }
  return false;
}

net::Address ProxyProcess::AddressOf(const std::string& listener) const {
  const std::string mark = fmt::format(R"({{"listener":"{}","address":")", listener);
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if (!line->starts_with(mark)) continue;
    const std::string rest = line->substr(mark.size());
    return *net::Address::Parse(rest.substr(0, rest.find('"')));
  }
  return {};
}

std::string ProxyProcess::Admin(const std::string& path) const {
  const net::Address to = AddressOf("admin");
  const net::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(fd.get(), to.sockaddr_ptr(), to.sockaddr_size()) != 0) return "refused";
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path);
  if (send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "";
  std::string all;
  char bytes[4096];
  ssize_t n = 0;
  while (CanRead(fd.get()) && (n = recv(fd.get(), bytes, sizeof bytes, 0)) > 0) {
    all.append(bytes, static_cast<size_t>(n));
  }
  return all.substr(std::min(all.size(), all.find("\r\n\r\n") + 4));
}

int ProxyProcess::Stop() {
  kill(pid_, SIGTERM);
  return WaitEnd();
}

// The end of stdout is the end of the process, and can be waited for with a bound.
int ProxyProcess::WaitEnd() {
  while (ReadLine()) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string CommittingServer::Bootstrap(const std::string& more) const {
  return fmt::format(R"(
node: {{id: edge-1, cluster: edge}}
admin: {{address: {{socket_address: {{address: 127.0.0.1, port_value: 0}}}}}}
dynamic_resources:
  ads_config:
    api_type: DELTA_GRPC
    grpc_services: [{{envoy_grpc: {{cluster_name: control}}}}]
  cds_config: {{ads: {{}}}}
  lds_config: {{ads: {{}}}}
static_resources:
  clusters:
  - name: control
    type: STATIC
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{http2_protocol_options: {{}}}}
    load_assignment:
      cluster_name: control
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {}}}}}}}
{})",
                     server_.port(), more);
}

std::optional<CommittingServer::Request> CommittingServer::Await(std::string_view type_url,
                                                                 const std::string& nonce) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (std::chrono::steady_clock::now() < end) {
    const std::optional<std::string> bytes = server_.TakeRequest();
    Request request;
    if (!bytes) {
      poll(nullptr, 0, 1);
    } else if (request.ParseFromString(*bytes) && request.type_url() == type_url &&
               request.response_nonce() == nonce && (!begins_ || request.has_node())) {
      begins_ = false;
      return request;
    }
  }
  return std::nullopt;
}

void CommittingServer::SendType(config::ResourceType type, const config::ResourceMap& resources) {
  envoy::service::discovery::v3::DeltaDiscoveryResponse message;
  message.set_type_url(std::string(config::TypeUrl(type)));
  message.set_nonce(std::to_string(++nonce_));
  message.mutable_control_plane()->set_identifier("test;commit=1");
  xds::DigestSum sum;
  for (const auto& [name, resource] : resources) {
    auto& one = *message.add_resources();
    one.set_name(name);
    one.set_version(std::to_string(commit_.revision()));
    one.mutable_resource()->PackFrom(*resource->message);
    sum.Add(name, one.version());
  }
  server_.Send(message.SerializeAsString());
  auto& state = *commit_.add_types();
  state.set_type_url(message.type_url());
  state.set_count(resources.size());
  state.set_digest(std::string(sum.value().begin(), sum.value().end()));
}

std::optional<CommittingServer::Report> CommittingServer::Prepare(uint64_t revision,
                                                                  const config::ResourceSet& set) {
  const auto nonce = SendPrepare(revision, set);
  return nonce ? AwaitReport(*nonce) : std::nullopt;
}

std::optional<std::string> CommittingServer::SendPrepare(uint64_t revision,
                                                         const config::ResourceSet& set) {
  const bool fresh = begins_;
  if (fresh && !Await(config::TypeUrl(config::ResourceType::kCluster))) return std::nullopt;
  commit_.Clear();
  commit_.set_revision(revision);
  commit_.set_group("g");
  SendType(config::ResourceType::kCluster, set.clusters);
  if (fresh && !Await(xds::kCommitUrl)) return std::nullopt;
  SendType(config::ResourceType::kListener, set.listeners);
  SendType(config::ResourceType::kRoute, set.routes);
  return SendCommit(Commit::PREPARE);
}

std::optional<CommittingServer::Report> CommittingServer::Serve() {
  return AwaitReport(SendCommit(Commit::SERVE));
}

std::string CommittingServer::SendCommit(Commit::Phase phase) {
  commit_.set_phase(phase);
  envoy::service::discovery::v3::DeltaDiscoveryResponse message;
  message.set_type_url(std::string(xds::kCommitUrl));
  message.set_nonce(std::to_string(++nonce_));
  auto& one = *message.add_resources();
  one.set_name("commit");
  one.set_version(fmt::format("{}/{}", commit_.revision(), static_cast<int>(phase)));
  one.mutable_resource()->PackFrom(commit_);
  server_.Send(message.SerializeAsString());
  return message.nonce();
}

std::optional<CommittingServer::Report> CommittingServer::AwaitReport(const std::string& nonce) {
  const auto answer = Await(xds::kCommitUrl, nonce);
  Report report;
  if (!answer || answer->error_detail().details().empty()) return std::nullopt;
  if (!answer->error_detail().details(0).UnpackTo(&report)) return std::nullopt;
  return report;
}

}  // namespace sluice::main
