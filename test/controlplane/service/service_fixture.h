// All services of the API on one gRPC server, over a store in memory, a judge that says what the
// test wants, and a fleet that the test moves.
#pragma once

#include <google/rpc/status.pb.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/service/config_service.h"
#include "controlplane/service/insight_service.h"
#include "controlplane/service/registry_service.h"
#include "controlplane/service/revision_service.h"
#include "controlplane/store/memory_store.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::service {

using Texts = std::vector<std::string>;

// Real time: gRPC has threads of its own.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest()
      : writer_({.store = store_,
                 .judge = [this](auto) { return verdict_; },
                 .members = [] { return std::vector<snapshot::Member>(); },
                 .publish = [](const revision::ViewRef&) {}},
                std::make_shared<const snapshot::RevisionView>(0, model::Config(), nullptr)),
        registry_(
            catalog_, clock_, [](auto) { return absl::OkStatus(); }, [](const discovery::LossAlarm&) {}),
        config_service_(writer_, store_, stopping_),
        revision_service_({.writer = writer_,
                           .store = store_,
                           .fleet = reader_,
                           .stopping = stopping_,
                           .endpoints = [this] { return catalog_.position(); },
                           .most_wait = std::chrono::seconds(30)}),
        insight_service_(writer_, reader_, stopping_),
        registry_service_(registry_, [this] { ++lease_changes_; }) {
    strand_.Start();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &config_service_, &revision_service_, &insight_service_, &registry_service_}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
    config_ = sluice::v1::Config::NewStub(channel);
    revisions_ = sluice::v1::Revisions::NewStub(channel);
    insight_ = sluice::v1::Insight::NewStub(channel);
    registry_stub_ = sluice::v1::Registry::NewStub(channel);
  }
  ~ServiceTest() override {
    stopping_ = true;
    server_->Shutdown();
    strand_.Stop();
  }

  void Move(const std::function<void(fleet::Fleet&)>& change) {
    std::promise<void> done;
    strand_.Post([&] {
      change(fleet_);
      done.set_value();
    });
    done.get_future().get();
  }
  void Connect(const std::string& id) {
    fleet::Node node;
    node.id = id;
    node.zone = "z";
    node.client = fleet::Client::kCommitting;
    Move([&](fleet::Fleet& fleet) { fleet.Connected(node, "web@z", {"web"}); });
  }
  static sluice::v1::ApplyRequest Request(const std::vector<model::ObjectPtr>& upserts) {
    sluice::v1::ApplyRequest request;
    for (const auto& object : upserts) *request.add_upserts() = *object;
    return request;
  }
  grpc::Status Apply(const sluice::v1::ApplyRequest& request, sluice::v1::ApplyResponse* response = nullptr) {
    grpc::ClientContext context;
    sluice::v1::ApplyResponse ignored;
    return config_->Apply(&context, request, response == nullptr ? &ignored : response);
  }
  void ApplyShop() {
    const model::Config shop = model::ShopConfig();
    sluice::v1::ApplyRequest request;
    for (const auto& [key, object] : shop.objects()) *request.add_upserts() = *object;
    ASSERT_TRUE(Apply(request).ok());
  }
  static model::ObjectPtr Service(const std::string& name) {
    return model::Obj("Service", name, "service { registered {} }");
  }
  // The lines of the ProblemList in a status.
  static Texts ProblemsOf(const grpc::Status& status) {
    google::rpc::Status details;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    EXPECT_EQ(details.code(), status.error_code());
    sluice::v1::ProblemList list;
    if (details.details_size() != 1 || !details.details(0).UnpackTo(&list)) return {"no list"};
    return model::Lines({list.problems().begin(), list.problems().end()});
  }

  const base::SystemClock clock_;
  store::MemoryStore store_;
  absl::StatusOr<judge::Judge::Problems> verdict_ = judge::Judge::Problems();
  revision::Writer writer_;
  strand::Strand strand_{clock_};
  fleet::Fleet fleet_{clock_};
  FleetReader reader_{strand_, fleet_};
  discovery::Catalog catalog_{4};
  discovery::Registry registry_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> lease_changes_{0};
  ConfigService config_service_;
  RevisionService revision_service_;
  InsightService insight_service_;
  RegistryService registry_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<sluice::v1::Config::Stub> config_;
  std::unique_ptr<sluice::v1::Revisions::Stub> revisions_;
  std::unique_ptr<sluice::v1::Insight::Stub> insight_;
  std::unique_ptr<sluice::v1::Registry::Stub> registry_stub_;
};

}  // namespace sluice::service
