#include "controlplane/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "dataplane/base/log.h"

namespace sluice::judge {

using snapshot::GroupSnapshotRef;

namespace {

// A bootstrap that lets a validating proxy take one group's revisions from `socket_path`.
std::string BootstrapText(const std::string& group, const std::string& socket_path) {
  return fmt::format(R"(node: {{id: "judge:{0}", cluster: judge, metadata: {{judge_group: "{0}"}}}}
dynamic_resources:
  ads_config:
    api_type: DELTA_GRPC
    transport_api_version: V3
    grpc_services: [{{envoy_grpc: {{cluster_name: control}}}}]
  cds_config: {{resource_api_version: V3, initial_fetch_timeout: 0s, ads: {{}}}}
  lds_config: {{resource_api_version: V3, initial_fetch_timeout: 0s, ads: {{}}}}
static_resources:
  clusters:
  - name: control
    type: STATIC
    connect_timeout: 1s
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{http2_protocol_options: {{}}}}
    load_assignment:
      cluster_name: control
      endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{pipe: {{path: "{1}"}}}}}}}}]}}]
)",
                     group, socket_path);
}

}  // namespace

absl::StatusOr<Judge::Problems> Judge::Ask(std::vector<GroupSnapshotRef> snapshots) {
  Problems all;
  // No more at a time than there may be children.
  for (size_t first = 0; first < snapshots.size(); first += kChildren) {
    const auto begin = snapshots.begin() + static_cast<ptrdiff_t>(first);
    const auto end = snapshots.begin() + static_cast<ptrdiff_t>(std::min(first + kChildren, snapshots.size()));
    absl::StatusOr<Problems> some = AskSome({begin, end});
    if (!some.ok()) return some.status();
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

absl::StatusOr<Judge::Problems> Judge::AskSome(std::vector<GroupSnapshotRef> snapshots) {
  Problems all;
  std::vector<std::future<absl::StatusOr<Problems>>> answers;
  for (GroupSnapshotRef& snapshot : snapshots) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<Problems>>>();
    answers.push_back(promise->get_future());
    options_.strand.Post([this, promise, snapshot = std::move(snapshot)] {
      AskOne(snapshot, [promise](absl::StatusOr<Problems> problems) { promise->set_value(std::move(problems)); });
    });
  }
  absl::Status failed;
  for (auto& answer : answers) {
    absl::StatusOr<Problems> problems = answer.get();
    if (!problems.ok()) {
      failed.Update(problems.status());
      continue;
    }
    all.insert(all.end(), problems->begin(), problems->end());
  }
  if (!failed.ok()) return failed;
  return all;
}

void Judge::AskOne(GroupSnapshotRef snapshot, Answer answer) {
  if (stopping_) return answer(absl::UnavailableError("shutting down"));
  const std::string group = snapshot->group();
  Seat& seat = seats_[group];
  seat.used = ++uses_;
  if (seat.approved != nullptr && seat.approved->SameContent(*snapshot)) return answer(Problems());
  if (seat.answer) return answer(absl::UnavailableError("the judge is busy with another revision"));
  seat.asked = std::move(snapshot);
  seat.answer = std::move(answer);
  seat.patience = options_.strand.After(kPatience, [this, group] { OnSilence(group); });
  if (seat.link != nullptr) seat.link->Prepare(seat.asked);
  if (seat.child == nullptr) StartChild(group);
  EndIdle();
}

void Judge::OnSilence(const std::string& group) {
  Seat& late = seats_[group];
  if (late.child != nullptr) {
    late.child->Kill();  // OnExit starts another one
    late.killed = true;
    late.link = nullptr;
  }
  Reply(late, absl::UnavailableError(fmt::format("the judge has not answered in {} s",
                                                 std::chrono::duration_cast<std::chrono::seconds>(kPatience).count())));
}

void Judge::Reply(Seat& seat, absl::StatusOr<Problems> problems) {
  options_.strand.Cancel(seat.patience);
  if (problems.ok() && problems->empty()) seat.approved = seat.asked;
  seat.asked = nullptr;
  if (Answer answer = std::exchange(seat.answer, nullptr)) answer(std::move(problems));
}

void Judge::StartChild(const std::string& group) {
  const uint64_t start = ++starts_;
  auto child = Child::Start(
      {options_.proxy_binary, "--mode", "validate", "--concurrency", "1", "-l", "warn", "--config-yaml",
       BootstrapText(group, options_.socket_path)},
      [this, group, start](int status) {
        options_.strand.Post([this, group, start, status] { OnExit(group, start, status); });
      });
  Seat& seat = seats_[group];
  if (child.ok()) {
    seat.child = *std::move(child);
    seat.start = start;
    return;
  }
  base::LogError("judge: {}", std::string_view(child.status().message().data(), child.status().message().size()));
  Reply(seat, absl::UnavailableError(fmt::format("the judge cannot be started: {}",
                                                 std::string(child.status().message()))));
}

// A child that ends while nobody asked is started again when somebody does.
void Judge::OnExit(const std::string& group, uint64_t start, int status) {
  const auto it = seats_.find(group);
  if (it == seats_.end() || it->second.start != start || stopping_) return;
  Seat& seat = it->second;
  seat.child.reset();
  seat.link = nullptr;
  const bool judged = std::exchange(seat.connected, false);
  // We ended it ourselves: what is asked by now was never with it.
  if (std::exchange(seat.killed, false)) return StartChild(group);
  if (!seat.answer) return;
  base::LogError("judge: the validating proxy ended with status {} while judging revision {}", status,
                 seat.asked->revision());
  Reply(seat, judged ? absl::AbortedError("judge_crashed: the validating proxy died of this revision")
                     : absl::UnavailableError("the validating proxy ended before it could judge"));
  options_.strand.After(kPause, [this, group] {
    const auto again = seats_.find(group);
    if (again != seats_.end() && again->second.child == nullptr && !stopping_) StartChild(group);
  });
}

void Judge::EndIdle() {
  while (seats_.size() > kChildren) {
    const auto oldest = std::min_element(seats_.begin(), seats_.end(), [](const auto& a, const auto& b) {
      return std::pair(bool(a.second.answer), a.second.used) < std::pair(bool(b.second.answer), b.second.used);
    });
    if (oldest->second.answer) return;  // all of them are at work
    seats_.erase(oldest);
  }
}

void Judge::Stop() {
  stopping_ = true;
  for (auto& [group, seat] : seats_) {
    if (seat.answer) Reply(seat, absl::UnavailableError("shutting down"));
  }
  seats_.clear();
}

void Judge::OnReady(fleet::Link& link) {
  const auto it = seats_.find(link.node().judge_group);
  if (it == seats_.end()) return;
  it->second.link = &link;
  it->second.connected = true;
  if (it->second.asked != nullptr) link.Prepare(it->second.asked);
}

void Judge::OnPrepared(fleet::Link& link, const Report& report) {
  const auto it = seats_.find(link.node().judge_group);
  if (it == seats_.end() || it->second.asked == nullptr) return;
  // A child that was given up may answer yet, for another revision of the same number.
  if (it->second.link != &link || it->second.asked->revision() != report.revision()) return;
  Reply(it->second, Problems(report.refused().begin(), report.refused().end()));
}

void Judge::OnGone(fleet::Link& link) {
  const auto it = seats_.find(link.node().judge_group);
  if (it != seats_.end() && it->second.link == &link) it->second.link = nullptr;
}

}  // namespace sluice::judge
