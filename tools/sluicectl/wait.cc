// wait, and the --wait of others: progress until a revision or live data is served everywhere.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/scalars.h"

namespace sluice::ctl {
namespace {

using sluice::v1::WaitServedProgress;
using sluice::v1::WaitServedRequest;

// "prepared 2/2 · zone-a 1/1, zone-b 0/1"; zones count what is served.
std::string ProgressText(const WaitServedProgress& progress) {
  std::string zones;
  for (const sluice::v1::ZoneProgress& zone : progress.zones()) {
    zones +=
        fmt::format("{}{} {}/{}", zones.empty() ? "" : ", ",
                    zone.zone().empty() ? "no zone" : zone.zone(), zone.served(), zone.proxies());
  }
  if (zones.empty()) zones = fmt::format("served {}/{}", progress.served(), progress.audience());
  return fmt::format("prepared {}/{} · {}", progress.prepared(), progress.audience(), zones);
}

std::string TargetText(const WaitServedRequest& request) {
  if (request.target_case() == WaitServedRequest::kRevision) {
    return fmt::format("revision {}", request.revision());
  }
  const sluice::v1::LogPosition& position = request.position();
  return fmt::format("{}/{}:{}", position.log(), position.epoch(), position.seq());
}

// Who stands in the way, or is not asked: one line each.
void PrintOthers(Console& console, const WaitServedProgress& progress) {
  for (const sluice::v1::ProxyRefusal& refusal : progress.refused()) {
    console.err << RefusalText(refusal) << "\n";
  }
  const auto list = [&](std::string_view what, const auto& names) {
    if (!names.empty()) console.err << fmt::format("{}: {}\n", what, fmt::join(names, ", "));
  };
  list("not there yet", progress.waiting());
  list("no answer yet from", progress.silent());
  list("not connected", progress.absent());
  list("accepted, as far as a standard xDS client can say", progress.accepted());
}

ExitCode Conclude(Console& console, const WaitServedRequest& request,
                  const WaitServedProgress& progress) {
  PrintOthers(console, progress);
  const std::string target = TargetText(request);
  if (progress.withdrawn_for() != 0) {
    console.err << fmt::format(
        "sluicectl: nobody serves {}: revision {} restored what was before\n", target,
        progress.withdrawn_for());
    return ExitCode::kRefused;
  }
  if (!progress.all_served()) {
    console.err << fmt::format("sluicectl: {} is served by {} of {} proxies\n", target,
                               progress.served(), progress.audience());
    return ExitCode::kRefused;
  }
  console.out << (progress.audience() == 0
                      ? fmt::format("{} is served; it changes nothing for any connected proxy\n",
                                    target)
                      : fmt::format("{} is served by all {} proxies\n", target,
                                    progress.audience()));
  return ExitCode::kDone;
}

// "12", "endpoints/7" or "endpoints/3:7"; false if it is none of these.
bool ParseTarget(const std::string& word, WaitServedRequest& request) {
  if (const std::optional<uint64_t> revision = ToUnsigned(word)) {
    request.set_revision(*revision);
    return true;
  }
  const size_t slash = word.find('/');
  if (slash == 0 || slash == std::string::npos) return false;
  const std::string place = word.substr(slash + 1);
  const size_t colon = place.find(':');
  const auto epoch = colon == std::string::npos ? 0 : ToUnsigned(place.substr(0, colon));
  const auto seq = ToUnsigned(colon == std::string::npos ? place : place.substr(colon + 1));
  if (!epoch || !seq) return false;
  request.mutable_position()->set_log(word.substr(0, slash));
  request.mutable_position()->set_epoch(*epoch);
  request.mutable_position()->set_seq(*seq);
  return true;
}

}  // namespace

ExitCode WaitServed(Context& context, const WaitServedRequest& request) {
  const auto call = context.client.Context();
  const auto stream = context.client.revisions().WaitServed(call.get(), request);
  WaitServedProgress progress;
  {
    Progress line(context.console);
    // A message without a field is another one: what was absent must not stay from the one before.
    for (WaitServedProgress next; stream->Read(&next); next.Clear()) {
      progress = next;
      if (progress.audience() > 0) line.Show(ProgressText(progress));
    }
  }
  const grpc::Status status = stream->Finish();
  if (status.ok() && progress.done()) return Conclude(context.console, request, progress);
  if (status.ok()) {
    return Report(context, {grpc::StatusCode::UNAVAILABLE, "the server stopped telling"});
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    PrintOthers(context.console, progress);
  }
  return Report(context, status);
}

ExitCode RunWait(Context& context) {
  WaitServedRequest request;
  const std::string& word = context.arguments.words()[0];
  if (!ParseTarget(word, request)) {
    return Misused(context, fmt::format("'{}' is neither a revision nor LOG/SEQ", word));
  }
  return WaitServed(context, request);
}

}  // namespace sluice::ctl
