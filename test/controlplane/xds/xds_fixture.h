// Resources, snapshots and a driver that remembers, for the tests of this folder.
#pragma once

#include <grpcpp/impl/codegen/proto_buffer_reader.h>
#include <grpcpp/support/byte_buffer.h>

#include <deque>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/fleet/link.h"
#include "controlplane/snapshot/group_snapshot.h"

namespace sluice::xds {

inline snapshot::WireMap Resources(snapshot::Type type,
                                   std::initializer_list<std::pair<const char*, const char*>> entries) {
  snapshot::WireMap map;
  for (const auto& [name, version] : entries) {
    map[name] = snapshot::MakeWireResource(type, name, version, std::string("bytes of ") + version);
  }
  return map;
}

inline snapshot::WireMap Clusters(std::initializer_list<std::pair<const char*, const char*>> entries) {
  return Resources(snapshot::Type::kCluster, entries);
}

// "a=1 b=2" of the resources and "-c" of the removed names.
template <typename Update>
std::string Text(const Update& update) {
  std::string text;
  for (const auto& resource : update.resources) text += resource->name + "=" + resource->version + " ";
  for (const std::string& name : update.removed) text += "-" + name + " ";
  if (!text.empty()) text.pop_back();
  return text;
}

template <typename Message>
Message Decode(grpc::ByteBuffer bytes) {
  Message message;
  grpc::ProtoBufferReader reader(&bytes);
  EXPECT_TRUE(message.ParseFromZeroCopyStream(&reader));
  return message;
}

class RecordingDriver final : public fleet::Driver {
 public:
  void OnReady(fleet::Link& link) override {
    this->link = &link;
    events.push_back("ready");
  }
  void OnTooOld(fleet::Link& link, const Report& report) override {
    this->link = &link;
    Note("too old", report);
  }
  void OnMismatch(fleet::Link&, const Report& report) override { Note("mismatch", report); }
  void OnPrepared(fleet::Link&, const Report& report) override { Note("prepared", report); }
  void OnServed(fleet::Link&, const Report& report) override { Note("served", report); }
  void OnEndpointsSettled(fleet::Link&, uint64_t seq) override { settled = seq; }
  void OnGone(fleet::Link&) override {
    link = nullptr;
    events.push_back("gone");
  }
  // Events since the last call.
  std::vector<std::string> Take() { return std::exchange(events, {}); }

  fleet::Link* link = nullptr;
  uint64_t settled = 0;
  std::vector<std::string> events;

 private:
  void Note(const char* what, const Report& report) {
    std::string text = std::string(what) + " " + std::to_string(report.revision());
    for (const auto& problem : report.refused()) text += " refused: " + problem.text();
    events.push_back(std::move(text));
  }
};

}  // namespace sluice::xds
