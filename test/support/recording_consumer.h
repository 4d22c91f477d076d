// A Consumer with behaviour: it keeps what it is given as a proxy would, refuses what it is told
// to, and answers at once or when the test says so.
// Thread: the config loop's, that of the test.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/xds/consumer.h"

namespace sluice::test {

class RecordingConsumer final : public xds::Consumer {
 public:
  using Report = ::sluice::xds::v1::CommitReport;

  // ---- Behaviour ----
  std::map<std::string, std::string> refuses;  // resource name: "field_path: text"
  std::optional<::sluice::xds::v1::Problem> complains;  // of every change
  std::string refuses_revisions;               // why, of every PREPARE
  bool answers = true;                         // false: calls wait for AnswerAll
  uint32_t workers = 2;

  // ---- What it holds ----
  std::map<config::ResourceType, config::ResourceMap> serving;
  std::map<uint64_t, config::ResourceSet> prepared;
  uint64_t revision = 0;
  // In order: "clusters +a -b", "endpoints +x", "prepare 41", "serve 41", "discard".
  std::vector<std::string> calls;
  std::vector<xds::Revision> revisions;  // of Prepare

  // Answers the calls that wait, oldest first, and those they lead to.
  void AnswerAll();
  size_t waiting() const { return waiting_.size(); }
  // Names served, in order, as "a b".
  std::string Names(config::ResourceType type) const;

  // xds::Consumer
  void ApplyTypes(xds::TypeChange change, std::function<void(Problems)> done) override;
  void ApplyEndpoints(xds::TypeChange change, std::function<void(Problems)> done) override;
  void Prepare(xds::Revision revision, std::function<void(Report)> done) override;
  void Serve(uint64_t revision, std::function<void(Report)> done) override;
  void Discard() override;

 private:
  void Apply(std::string_view what, const xds::TypeChange& change,
             std::function<void(Problems)> done);
  void Later(std::function<void()> answer);

  std::vector<std::function<void()>> waiting_;
};

}  // namespace sluice::test
