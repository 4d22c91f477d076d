// What cannot be served is refused to its author, or named with the proxy that cannot serve it.
//
//   refusals --control PATH --proxy PATH
//
//  (a) what only the proxies' own compiler finds is refused before it is stored; a judge that dies
//      refuses the Apply and is back for the next
//  (b) a port taken on one proxy: that proxy stays on the old revision and is named, the other serves
//  (c) a port taken on both: nobody serves it and the head is restored
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "google/rpc/status.pb.h"
#include "test/integration/main_job/load.h"
#include "test/integration/main_job/settings.h"
#include "test/integration/main_job/world.h"

namespace sluice::mainjob {
namespace {

using sluice::v1::ApplyRequest;
using sluice::v1::ApplyResponse;

constexpr std::chrono::seconds kServed{15};

std::vector<sluice::v1::Problem> ProblemsOf(const grpc::Status& status) {
  google::rpc::Status details;
  sluice::v1::ProblemList list;
  if (details.ParseFromString(status.error_details()) && details.details_size() > 0) {
    details.details(0).UnpackTo(&list);
  }
  return {list.problems().begin(), list.problems().end()};
}

void Expect(bool holds, const std::string& what) {
  if (!holds) Die("not true that " + what);
  std::printf("ok: %s\n", what.c_str());
}

// Listens on `host`:0, or on `port`; returns the descriptor.
int Occupy(const char* host, int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, host, &address.sin_addr);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 1) != 0) Die("port in use");
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

ApplyRequest RouteWithRegex(const std::string& regex) {
  ApplyRequest request;
  auto& object = *request.add_upserts();
  object.set_kind("Route");
  object.set_name("demo/by-header");
  auto& route = *object.mutable_route();
  route.set_api("demo/main");
  route.mutable_match()->set_prefix("/by-header");
  auto& header = *route.mutable_match()->add_headers();
  header.set_name("x-tenant");
  header.set_regex(regex);
  route.mutable_respond()->set_status(200);
  return request;
}

ApplyRequest SecondListener(const World& world, int port) {
  ApplyRequest request;
  auto& object = *request.add_upserts();
  object.set_kind("Gateway");
  object.set_name("web");
  auto& gateway = *object.mutable_gateway();
  gateway.add_listeners()->set_port(world.gateway_port());
  if (port != 0) gateway.add_listeners()->set_port(port);
  gateway.add_hosts("*");
  gateway.add_admits()->set_team("demo");
  return request;
}

void ContentIsRefusedToItsAuthor(World& world) {
  const uint64_t head = world.api().Head();
  ApplyResponse response;
  grpc::Status status = world.api().TryApply(RouteWithRegex("[\\pL\\pN]{900}"), &response);
  const auto problems = ProblemsOf(status);
  Expect(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT, "a regex beyond RE2's limit is refused");
  for (const auto& problem : problems) {
    std::printf("    %s %s: %s: %s\n", problem.object().kind().c_str(), problem.object().name().c_str(),
                problem.field_path().c_str(), problem.text().c_str());
  }
  Expect(problems.size() == 1 && problems[0].object().name() == "demo/by-header", "its object is named");
  Expect(problems[0].field_path().starts_with("spec"), "its field is named");
  Expect(world.api().Head() == head, "nothing was stored");
}

// The judge that runs was started without the fault: it is ended, and the next one has it.
void EndJudges(pid_t control) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(control) + "/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child; children >> child;) kill(child, SIGKILL);
  }
}

void ADyingJudgeRefuses(World& world, const std::string& marker) {
  const uint64_t head = world.api().Head();
  std::ofstream(marker) << head + 1;
  EndJudges(world.control().pid());
  ApplyResponse response;
  grpc::Status status = world.api().TryApply(RouteWithRegex("[a-c]+"), &response);
  const auto problems = ProblemsOf(status);
  Expect(!status.ok() && !problems.empty() && problems[0].code() == "judge_crashed", "a judge that dies refuses");
  Expect(world.api().Head() == head, "nothing was stored then");
  unlink(marker.c_str());
  Await("the judge is back for the next", kServed, [&] {
    status = world.api().TryApply(RouteWithRegex("[a-c]+"), &response);
    return status.ok();
  });
  Expect(world.api().Wait(response.revision(), kServed).all_served(), "the next Apply is judged and served");
}

void OneProxyCannot(World& world) {
  int port = 0;
  const int taken = Occupy("127.0.0.1", port);
  const uint64_t revision = world.api().Apply(SecondListener(world, port));
  const auto progress = world.api().Wait(revision, kServed);
  Expect(progress.done() && !progress.all_served(), "with a port taken on one proxy, the wait ends unserved");
  Expect(progress.refused_size() == 1 && progress.refused(0).proxy() == "proxy-a", "the proxy is named");
  std::printf("    %s: %s %s: %s\n", progress.refused(0).proxy().c_str(), progress.refused(0).resource().c_str(),
              progress.refused(0).field_path().c_str(), progress.refused(0).reason().c_str());
  Expect(progress.refused(0).resource() == "0.0.0.0:" + std::to_string(port), "with the listener");
  Expect(progress.served() == 1, "the other proxy serves it");
  Client other("127.0.0.2:" + std::to_string(port));
  Expect(other.Get("/").status == 200, "on its new listener too");
  Expect(Client(world.Listener(0)).Get("/").status == 200, "the refuser serves what it served before");
  close(taken);
  Expect(world.api().Wait(revision, kServed).done(), "(waiting again says the same)");
  Await("the proxy is asked again and serves", std::chrono::seconds(20), [&] {
    return world.api().Wait(revision, kServed).all_served();
  });
  Expect(true, "once the port is free, the proxy serves it by itself");
  world.api().Wait(world.api().Apply(SecondListener(world, 0)), kServed);
}

void BothCannot(World& world) {
  int port = 0;
  const int first = Occupy("127.0.0.1", port);
  const int second = Occupy("127.0.0.2", port);
  const uint64_t revision = world.api().Apply(SecondListener(world, port));
  const auto progress = world.api().Wait(revision, kServed);
  Expect(progress.done() && progress.withdrawn_for() == revision + 1, "what both refuse is withdrawn");
  Expect(world.api().Head() == revision + 1, "the head is restored by a new revision");
  Expect(world.api().Wait(revision + 1, kServed).all_served(), "which both serve");
  Expect(world.api().History(2)[1].withdrawn(), "history says that it was withdrawn");
  for (int i = 0; i < 2; ++i) Expect(Client(world.Listener(i)).Get("/").status == 200, "traffic goes on");
  close(first);
  close(second);
}

int Run(const Settings& settings) {
  Binaries binaries = settings.binaries();
  // The judge is started through a script: while the marker is there, it dies of that revision.
  const std::string script = "/tmp/sluice-judge." + std::to_string(getpid());
  const std::string marker = script + ".crash";
  std::ofstream(script) << "#!/bin/sh\nif [ -f " << marker << " ]; then set -- \"$@\" --fault crash:$(cat " << marker
                        << "); fi\nexec " << binaries.proxy << " \"$@\"\n";
  chmod(script.c_str(), 0755);
  World world(binaries, 10);
  world.StartControl(script);
  for (int i = 0; i < 2; ++i) world.StartProxy(i);
  world.ApplyBase();
  if (!world.api().Wait(1, kServed).all_served()) Die("revision 1 is not served");
  ContentIsRefusedToItsAuthor(world);
  ADyingJudgeRefuses(world, marker);
  OneProxyCannot(world);
  BothCannot(world);
  unlink(script.c_str());
  return 0;
}

}  // namespace
}  // namespace sluice::mainjob

int main(int argc, char** argv) { return sluice::mainjob::Run(sluice::mainjob::Settings(argc, argv)); }
